import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { FirehoseEvent, FirehoseResponse } from "@freshet/batch-layer";
import type { RecordInShard } from "@freshet/simulators";
import type { StreamEvent, StreamHandler, TendHandler } from "@freshet/speed-layer";
import { type DataStore, openDataStore } from "@freshet/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPage } from "../structure/markdown.js";
import { type AwsServices, NAME, startAwsServices } from "../support/awsServices.js";
import { freshet, repositoryFile } from "../support/freshet.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;
const EVENTS = 60;
const TIME = { getRemainingTimeInMillis: () => 60_000 };
const OUTDIR = "--outdir=bundle";
const KILOBYTE = 1_000;
/** As docs/lambda.md tells them. */
const FOLD_KB_MAX = 1_300;
const FOLD_GZIP_KB_MAX = 400;
const TRANSFORM_KB_MAX = 2;

interface Functions {
  readonly fold: StreamHandler;
  readonly tend: TendHandler;
  readonly handler: (event: FirehoseEvent) => Promise<FirehoseResponse>;
}

/** What Lambda hands over, as AWS' documentation shows it ("Using Lambda with Kinesis"), of these records. */
const eventOf = (stream: string, records: readonly RecordInShard[]): StreamEvent => ({
  Records: records.map(({ shard, sequence, arrivalMs, partitionKey = "", data }) => ({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey,
      sequenceNumber: String(BigInt(sequence)),
      data: Buffer.from(data).toString("base64"),
      approximateArrivalTimestamp: arrivalMs / 1_000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shard}:${BigInt(sequence)}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::111122223333:role/fold",
    awsRegion: "us-east-1",
    eventSourceARN: stream,
  })),
});

describe("the functions of examples/lambda", () => {
  const dir = mkdtempSync(join(tmpdir(), "freshet-bundle-"));
  const sizes: Record<string, number> = {};
  let aws: AwsServices;
  let data: DataStore;
  let functions: Functions;
  let stream: string;

  beforeAll(async () => {
    const page = readPage(readFileSync(repositoryFile("docs/lambda.md"), "utf8"));
    const [command = ""] = page.code.filter((line) => line.startsWith("npx esbuild "));
    expect(command).toContain(OUTDIR);
    const args = command.replace(OUTDIR, `--outdir=${dir}`).trim().split(/\s+/).slice(2);
    await promisify(execFile)(repositoryFile("node_modules/.bin/esbuild"), args, {
      cwd: repositoryFile("."),
    });
    for (const name of ["fold", "transform"])
      sizes[name] = readFileSync(join(dir, `${name}.cjs`)).length / KILOBYTE;
    sizes["fold.gz"] = gzipSync(readFileSync(join(dir, "fold.cjs"))).length / KILOBYTE;

    aws = await startAwsServices({ shards: 1 });
    const published = await freshet("speed", "--once", "--store", aws.storeFile, ...APP);
    expect(published.code, published.stderr).toBe(0);
    data = await openDataStore(aws.store);
    stream = data.log.identity.id.replace(/@.*$/, "");
    process.env["FRESHET_STORE"] = JSON.stringify(aws.store);
    const load = createRequire(import.meta.url);
    functions = { ...load(join(dir, "fold.cjs")), ...load(join(dir, "transform.cjs")) } as Functions;
  }, TIMEOUT_MS);
  afterAll(async () => {
    delete process.env["FRESHET_STORE"];
    await data.close();
    await aws.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it("are bundled by the command of docs/lambda.md, to what it says", () => {
    expect(sizes["fold"]).toBeGreaterThan(500);
    expect(sizes["fold"]).toBeLessThan(FOLD_KB_MAX);
    expect(sizes["fold.gz"]).toBeLessThan(FOLD_GZIP_KB_MAX);
    expect(sizes["transform"]).toBeLessThan(TRANSFORM_KB_MAX);
  });

  it(
    "fold what Lambda delivers into the store that their environment names",
    async () => {
      const view = (n: number) => ({
        ...{ type: "article_view", id: `v${n}`, time: Date.now(), article: `a${n % 5}`, section: "front" },
        ...{ cluster: "c", user: `u${n}`, device: "mobile", dwellMs: n },
      });
      // the app holds from a tick a little ahead on
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      await aws.kinesis.service.call("PutRecords", {
        StreamName: NAME,
        Records: Array.from({ length: EVENTS }, (_, n) => ({
          PartitionKey: `v${n}`,
          Data: Buffer.from(JSON.stringify(view(n))),
        })),
      });
      const records = aws.kinesis.recordsOf(NAME);
      const half = records.length - EVENTS / 2;
      for (const part of [records.slice(0, half), records.slice(half)])
        expect(await functions.fold(eventOf(stream, part), TIME)).toEqual({ batchItemFailures: [] });
      await functions.tend({}, TIME);
      const [shard] = await data.log.shards();
      if (!shard) throw new Error("no shard");
      const segments = await data.increments.segments(shard.id, null, 1_000);
      const counts = segments.map((segment) => segment.counts);
      expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(EVENTS);
    },
    TIMEOUT_MS,
  );

  it("write positions beside what Firehose delivers", async () => {
    const [record] = aws.kinesis.recordsOf(NAME);
    if (!record) throw new Error("no record");
    const { records } = await functions.handler({
      sourceKinesisStreamArn: stream,
      records: [
        {
          recordId: "1",
          data: Buffer.from(record.data).toString("base64"),
          kinesisRecordMetadata: {
            shardId: record.shard,
            sequenceNumber: String(BigInt(record.sequence)),
            subsequenceNumber: "",
            approximateArrivalTimestamp: record.arrivalMs,
          },
        },
      ],
    });
    expect(records).toMatchObject([{ recordId: "1", result: "Ok" }]);
    const [outcome] = records;
    const line = outcome?.result === "Ok" ? Buffer.from(outcome.data, "base64").toString() : "";
    expect(JSON.parse(line)).toMatchObject({ shard: record.shard });
  });
});
