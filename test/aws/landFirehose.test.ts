import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { transformDelivery } from "@freshet/batch-layer";
import type { Ledger } from "@freshet/model";
import type { RecordInShard } from "@freshet/simulators";
import { heartbeatRecord } from "@freshet/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsServices, NAME, startAwsServices } from "../support/awsServices.js";
import { freshet, freshetJson } from "../support/freshet.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;
const SHARDS = 2;
const EVENTS = 300;
const FIREHOSE = { prefix: "delivered/", errorPrefix: "not-delivered/" };
const AFTER_THE_APP_MS = 1_200;

interface Landed {
  readonly objects: number;
  readonly rows: number;
  readonly waiting: number;
  readonly filled: readonly object[];
  readonly mended: number;
  readonly failed: number;
}

interface BatchReport {
  readonly published: boolean;
  readonly ledger: Ledger;
  readonly disagreements: readonly object[];
}

describe("freshet land --firehose", () => {
  let aws: AwsServices;
  let common: readonly string[];
  let stream: string;

  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const put = (entries: readonly { readonly key: string; readonly text: string | Uint8Array }[]) =>
    aws.kinesis.service.call("PutRecords", {
      StreamName: NAME,
      Records: entries.map(({ key, text }) => ({ PartitionKey: key, Data: Buffer.from(text) })),
    });
  const emit = async (from: number): Promise<void> => {
    const view = (n: number) => ({
      ...{ type: "article_view", id: `view-${n}`, time: Date.now(), article: `a${n % 17}`, section: "front" },
      ...{ cluster: `c${n % 3}`, user: `u${n % 91}`, device: "mobile", dwellMs: n },
    });
    const numbers = Array.from({ length: EVENTS }, (_, index) => from + index);
    await put(numbers.map((n) => ({ key: `view-${n}`, text: JSON.stringify(view(n)) })));
  };
  /** Enough keys that each shard gets one; then what came before lies in finished segments. */
  const heartbeats = async (): Promise<void> => {
    await pause(AFTER_THE_APP_MS);
    await put(Array.from({ length: 16 }, (_, n) => ({ key: `beat-${n}`, text: heartbeatRecord() })));
  };
  const object = (prefix: string, lines: readonly string[]): void => {
    const bytes = gzipSync(lines.join(""));
    aws.bucket.objects.set(`${prefix}2026/11/21/19/freshet-1-${randomUUID()}`, { bytes, etag: '"1"' });
  };
  const recordsOf = (records: readonly RecordInShard[]) =>
    records.map(({ shard, sequence, data, arrivalMs }) => ({
      recordId: randomUUID(),
      data: Buffer.from(data).toString("base64"),
      kinesisRecordMetadata: {
        shardId: shard,
        sequenceNumber: String(sequence),
        subsequenceNumber: "",
        approximateArrivalTimestamp: arrivalMs,
      },
    }));
  /** By the transform, as Firehose calls it. */
  const deliver = (records: readonly RecordInShard[]): void => {
    const outcomes = transformDelivery({ sourceKinesisStreamArn: stream, records: recordsOf(records) });
    const lines = outcomes.records.flatMap((one) => (one.result === "Ok" ? [one.data] : []));
    object(
      FIREHOSE.prefix,
      lines.map((line) => Buffer.from(line, "base64").toString()),
    );
  };
  const fail = (records: readonly RecordInShard[]): void =>
    object(
      FIREHOSE.errorPrefix,
      recordsOf(records).map(
        ({ data, kinesisRecordMetadata: at }) =>
          `${JSON.stringify({ arrivalTimestamp: at.approximateArrivalTimestamp, errorCode: "Lambda.FunctionError", errorMessage: "", rawData: data })}\n`,
      ),
    );
  const left = (): readonly string[] =>
    [...aws.bucket.objects.keys()].filter((key) => /^(?:not-)?delivered\//.test(key));
  const seen = new Set<string>();
  const newRecords = (): readonly RecordInShard[] => {
    const records = aws.kinesis.recordsOf(NAME).filter(({ sequence }) => !seen.has(sequence));
    for (const { sequence } of records) seen.add(sequence);
    return records;
  };
  const land = (...args: readonly string[]) => freshetJson<Landed>("land", ...args, ...common);

  beforeAll(async () => {
    aws = await startAwsServices({ shards: SHARDS, store: { firehose: FIREHOSE } });
    common = ["--store", aws.storeFile, ...APP];
    const { StreamDescriptionSummary } = await aws.kinesis.service.call("DescribeStreamSummary", {
      StreamName: NAME,
    });
    stream = StreamDescriptionSummary?.StreamARN ?? "";
    await freshet("speed", "--once", ...common);
  }, TIMEOUT_MS);
  afterAll(() => aws.close());

  it(
    "lands what was delivered, reads from the log what was not, and batch counts all of it",
    async () => {
      await pause(AFTER_THE_APP_MS);
      await emit(0); // before Firehose began: it never delivers these
      await heartbeats();
      const early = newRecords();
      await emit(EVENTS);
      const later = newRecords();
      await heartbeats();
      await heartbeats();
      const latest = newRecords();
      const [most, some] = [
        later.filter((_, index) => index % 5 > 0),
        later.filter((_, index) => index % 5 === 0),
      ];
      deliver(most);
      deliver(most.slice(0, EVENTS / 2));
      expect((await freshet("speed", "--once", ...common)).code).toBe(0);
      const landed = await land("--firehose", "--once");
      expect(landed).toMatchObject({ objects: 2, waiting: 0, filled: [], mended: 0, failed: 0 });
      expect(landed.rows).toBe(most.length + EVENTS / 2);

      expect(early.length).toBeGreaterThan(EVENTS);
      fail(some);
      const filled = await land("--fill");
      expect(filled).toMatchObject({ objects: 0, mended: 1, failed: 0 });
      expect(filled.filled.length).toBeGreaterThanOrEqual(SHARDS);

      await emit(2 * EVENTS);
      await heartbeats();
      deliver([...latest, ...newRecords()]);
      const { published, disagreements, ledger } = await freshetJson<BatchReport>("batch", ...common);
      expect({ published, disagreements }).toEqual({ published: true, disagreements: [] });
      expect(ledger).toMatchObject({ events: 3 * EVENTS, accepted: 3 * EVENTS, duplicates: 0 });
      expect(left()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it("needs a store that names what Firehose delivers", async () => {
    const without = await aws.storeWith("without.json", { firehose: undefined });
    for (const option of ["--firehose", "--fill"]) {
      const run = await freshet("land", option, "--store", without, ...APP);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain("names no `firehose`");
    }
  });
});
