"""Runs the statements of a batch run, and prints what came of them as one line of JSON.

The same under spark-submit, EMR Serverless and Glue; jobArguments.ts declares the same arguments. A statement may name the views
`raw` (the rows of the raw lake) and `cut` (the last segment by shard); the result of each is written as Parquet below --out, named by its file.
"""

import argparse
import json

from pyspark.sql import SparkSession


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("--sql", "--raw", "--out", "--cut"):
        parser.add_argument(name, required=True)
    return parser.parse_args()


def main():
    job = arguments()
    spark = SparkSession.builder.appName("freshet").getOrCreate()
    spark.read.parquet(job.raw).createOrReplaceTempView("raw")
    spark.read.option("multiLine", True).json(job.cut).createOrReplaceTempView("cut")
    texts = spark.sparkContext.wholeTextFiles(job.sql).collect()
    rows = {}
    for path, statement in sorted(texts):
        name = path.rsplit("/", 1)[-1].removesuffix(".sql")
        out = f"{job.out.rstrip('/')}/{name}"
        spark.sql(statement).write.mode("overwrite").parquet(out)
        rows[name] = spark.read.parquet(out).count()
    print(json.dumps({"rows": rows}))
    spark.stop()


if __name__ == "__main__":
    main()
