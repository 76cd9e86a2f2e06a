"""Runs one job of Freshet's batch layer: `driver.py --sql URI --raw URI --out URI --cut URI`, see `job.ts`.

The same under spark-submit, EMR Serverless and Glue. Prints the result as JSON, after it is written below `--out`.
A job that fails leaves files that nothing names: only the manifest, published afterwards, does.
"""

import argparse
import json
import sys
import uuid

from pyspark.sql import SparkSession
from pyspark.sql.functions import col

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.compression.codec": "zstd",
}
# Enough for statistics to spare most of a file.
ROW_GROUP_ROWS = 30720


def read_text(spark, uri):
    return spark.read.text(uri, wholetext=True).first()[0]


def write_text(spark, uri, text):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    stream = path.getFileSystem(spark._jsc.hadoopConfiguration()).create(path, True)
    try:
        stream.write(bytearray(text, "utf-8"))
    finally:
        stream.close()


def remove(spark, uri):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    path.getFileSystem(spark._jsc.hadoopConfiguration()).delete(path, True)


def write_files(frame, uri, by_day):
    writer = frame.write.mode("overwrite").option("parquet.block.row.count.limit", ROW_GROUP_ROWS)
    (writer.partitionBy("day") if by_day else writer).parquet(uri)


def written(spark, uri, folder, by_day):
    """Path below `--out`, day and number of rows of each file of a folder."""
    paths = parquet_below(spark, uri, folder)
    root = uri.removesuffix(folder)
    day = lambda path: path.split("/")[-2].removeprefix("day=") if by_day else None
    return [{"path": path, "day": day(path), "rows": rows_of(spark, f"{root}{path}")} for path in sorted(paths)]


def rows_of(spark, uri):
    jvm = spark._jvm
    parquet = jvm.org.apache.parquet.hadoop
    file = parquet.util.HadoopInputFile.fromPath(jvm.org.apache.hadoop.fs.Path(uri), spark._jsc.hadoopConfiguration())
    reader = parquet.ParquetFileReader.open(file)
    try:
        return reader.getRecordCount()
    finally:
        reader.close()


def below(path, folder):
    return f"{folder}/" + path.split(f"/{folder}/", 1)[1]


def parquet_below(spark, uri, folder):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    system = path.getFileSystem(spark._jsc.hadoopConfiguration())
    files = system.listFiles(path, True) if system.exists(path) else None
    found = []
    while files is not None and files.hasNext():
        found.append(below(files.next().getPath().toString(), folder))
    return [one for one in found if one.endswith(".parquet")]


def run(spark, arguments):
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    # Hadoop lays a hidden file of checksums beside each file of a local disk, which nothing would remove.
    out = spark._jvm.org.apache.hadoop.fs.Path(arguments.out)
    out.getFileSystem(spark._jsc.hadoopConfiguration()).setWriteChecksum(False)
    base = {"raw": arguments.raw, "out": arguments.out}
    job = json.loads(read_text(spark, arguments.sql))
    for table in job["inputs"]:
        frame = spark.read.parquet(*[base[table["below"]] + file for file in table["files"]])
        if table["below"] == "raw":
            frame = frame.select("*", col("_metadata.file_path").alias("file_path"))
        frame.createOrReplaceTempView(table["name"])
    cut = [(one["shard"], one["tick"], one["ordinal"]) for one in json.loads(read_text(spark, arguments.cut))]
    spark.createDataFrame(cut, "shard STRING, tick BIGINT, ordinal INT").createOrReplaceTempView("cut_point")
    # A job may be run again while its first try, given up, still writes.
    attempt = uuid.uuid4().hex
    tables = f"{base['out']}{job['tables']}{attempt}/"
    result = {"rows": {}, "files": {}}
    for statement in job["statements"]:
        frame = spark.sql(statement["sql"])
        if statement["kind"] == "table":
            uri = tables + statement["name"]
            frame.write.mode("overwrite").option("compression", "snappy").parquet(uri)
            spark.read.schema(frame.schema).parquet(uri).createOrReplaceTempView(statement["name"])
        elif statement["kind"] == "rows":
            result["rows"][statement["name"]] = [row.asDict() for row in frame.collect()]
        elif statement["kind"] == "files":
            folder = f"{statement['folder']}/{attempt}"
            uri = base["out"] + folder
            write_files(frame, uri, statement["byDay"])
            result["files"][statement["name"]] = written(spark, uri, folder, statement["byDay"])
    text = json.dumps(result, default=str)
    write_text(spark, base["out"] + job["result"], text)
    remove(spark, tables)
    return text


def parse(arguments):
    parser = argparse.ArgumentParser()
    for name in ("sql", "raw", "out", "cut"):
        parser.add_argument(f"--{name}", required=True)
    # Glue adds arguments of its own.
    return parser.parse_known_args(arguments)[0]


if __name__ == "__main__":
    session = (
        SparkSession.builder.appName("freshet-batch")
        .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .getOrCreate()
    )
    print(run(session, parse(sys.argv[1:])))
    session.stop()
