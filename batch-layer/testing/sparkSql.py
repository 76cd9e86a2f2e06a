"""Tells a Hive catalogue its tables as Hive does, asks Spark: lines of JSON in ({"hive": text} or {"sql": text}), lines {"rows", "error"} out."""

import json
import sys

from pyspark.sql import SparkSession

work = sys.argv[1]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.extraJavaOptions", f"-XX:TieredStopAtLevel=1 -Dderby.system.home={work}")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.session.timeZone", "UTC")
    # a session keeps what it has listed, and would not see what stands since
    .config("spark.sql.filesourceTableRelationCacheSize", "0")
    .config("spark.sql.warehouse.dir", f"{work}/warehouse")
    .config("spark.local.dir", work)
    .enableHiveSupport()
    .getOrCreate()
)
hive = spark._jsparkSession.sharedState().externalCatalog().unwrapped().client()
print(json.dumps({"rows": [], "error": None}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    answer = {"rows": [], "error": None}
    try:
        if "hive" in asked:
            # Spark lets nobody but its own tests speak to Hive.
            spark._jvm.System.setProperty("spark.testing", "true")
            hive.runSqlHive(asked["hive"])
            spark._jvm.System.clearProperty("spark.testing")
        else:
            answer["rows"] = [json.loads(row) for row in spark.sql(asked["sql"]).toJSON().collect()]
    except Exception as failure:
        answer["error"] = str(failure)
    print(json.dumps(answer), flush=True)
spark.stop()
