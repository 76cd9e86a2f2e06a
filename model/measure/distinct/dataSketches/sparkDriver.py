"""Runs `sketches.spark.engine.test.ts`'s cases in one Spark session: `python sparkDriver.py DIRECTORY`.

Reads values.json (one a line: {"case", "text"} or {"case", "integer"}) and cases.json ([{"case", "lgK", "ours": hex}]);
writes results.json, an object a case in their order.
"""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

directory = Path(sys.argv[1])
cases = json.loads((directory / "cases.json").read_text())

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.catalogImplementation", "in-memory")
    .config("spark.sql.warehouse.dir", str(directory / "warehouse"))
    .getOrCreate()
)

values = spark.read.schema("case INT, text STRING, integer BIGINT").json(str(directory / "values.json"))
values.createOrReplaceTempView("values_of")
rows = [(one["case"], one["lgK"], bytearray.fromhex(one["ours"])) for one in cases]
spark.createDataFrame(rows, "case INT, lgK INT, ours BINARY").createOrReplaceTempView("cases")

# A sketch's lgK must be a constant, and text and integers are columns of their own.
aggregates = [
    f"""SELECT case, hll_sketch_agg({column}, {lg_k}) AS theirs
        FROM values_of JOIN cases USING (case) WHERE lgK = {lg_k} AND {column} IS NOT NULL GROUP BY case"""
    for lg_k in sorted({one["lgK"] for one in cases})
    for column in ("text", "integer")
]
spark.sql(" UNION ALL ".join(aggregates)).createOrReplaceTempView("aggregated")
spark.sql("SELECT case, lgK, ours, theirs FROM cases JOIN aggregated USING (case)").cache().createOrReplaceTempView("both")
spark.sql(
    """SELECT case, hll_union_agg(sketch) AS aggregate FROM (
         SELECT case, theirs AS sketch FROM both UNION ALL SELECT case, ours AS sketch FROM both)
       GROUP BY case"""
).createOrReplaceTempView("unions")
found = spark.sql(
    """SELECT case, theirs, hll_union(theirs, ours) AS union, hll_union(ours, theirs) AS reversed, aggregate,
              hll_sketch_estimate(ours) AS estimate,
              hll_sketch_estimate(hll_union(theirs, ours)) AS unionEstimate
       FROM both JOIN unions USING (case)"""
).collect()
by_case = {row["case"]: row.asDict() for row in found}

hll = spark._jvm.org.apache.datasketches.hll


def others(sketch):
    """The same sketch of the other types and in compact form, which Spark's SQL does not write."""
    heap = hll.HllSketch.heapify(bytes(sketch))
    for kind in ("HLL_4", "HLL_6", "HLL_8"):
        copy = heap.copyAs(getattr(hll.TgtHllType, kind))
        yield bytes(copy.toCompactByteArray())
        yield bytes(copy.toUpdatableByteArray())


def result(row):
    return {
        **{name: bytes(value).hex() if isinstance(value, (bytes, bytearray)) else value for name, value in row.items()},
        "others": [other.hex() for other in others(row["theirs"])],
    }


(directory / "results.json").write_text(json.dumps([result(by_case[one["case"]]) for one in cases]))
spark.stop()
