"""Runs jobs in one Spark session: a line of arguments (JSON) in, a line {"error": text or null} out."""

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "spark"))
import driver
from pyspark.sql import SparkSession

work = sys.argv[1]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.memory", "2g")
    # small jobs: compiling costs more than it saves
    .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.adaptive.enabled", "false")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.catalogImplementation", "in-memory")
    .config("spark.sql.warehouse.dir", f"{work}/warehouse")
    .config("spark.local.dir", work)
    .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    .getOrCreate()
)
print(json.dumps({"error": None}), flush=True)
for line in sys.stdin:
    error = None
    try:
        started = time.time()
        driver.run(spark.newSession(), driver.parse(json.loads(line)))
        print(f"job {time.time() - started:.1f} s", file=sys.stderr, flush=True)
    except Exception as failure:
        error = str(failure)
    print(json.dumps({"error": error}), flush=True)
spark.stop()
