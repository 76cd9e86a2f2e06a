import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  count,
  countDistinct,
  defineApp,
  event,
  metric,
  type SegmentRecord,
  t,
  toAppDocument,
} from "@freshet/model";
import {
  createStreamHandler,
  createTendHandler,
  type FoldStores,
  type HandlerOptions,
  publishApp,
  type StreamEvent,
  type StreamHandler,
} from "@freshet/speed-layer";
import {
  type AppendOutcome,
  type DataDirectory,
  type LogRecord,
  openDataDirectory,
  type Shard,
  type ShardAdmin,
  type ShardLog,
} from "@freshet/storage";
import { createRandom } from "@freshet/simulators";
import { expect, it, onTestFinished } from "vitest";
import { aKinesis, CREATION } from "./kinesisRig.js";

const EVENTS = 120;
const LOG = { ...CREATION, segmentEventsMax: 8 };
const TIME = { getRemainingTimeInMillis: () => 60_000 };

const view = event("view", { page: t.string(), user: t.string() });
const app = toAppDocument(
  defineApp({
    events: [view],
    metrics: [
      metric("pages", view, {
        by: (e) => ({ page: e.page }),
        measures: (e) => ({ views: count(), users: countDistinct(e.user) }),
      }),
    ],
  }),
);

/** Everything but the log. */
const someStores = async (): Promise<DataDirectory> => {
  const dir = mkdtempSync(join(tmpdir(), "freshet-lambda-"));
  const data = await openDataDirectory(join(dir, "data"), { create: LOG });
  onTestFinished(async () => {
    await data.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return data;
};

const lastOf = (outcomes: readonly AppendOutcome[]): ReadonlyMap<string, string> => {
  const last = new Map<string, string>();
  for (const one of outcomes) {
    if (one.kind !== "stored") throw new Error("the simulated Kinesis throttled");
    last.set(one.shard, one.sequence);
  }
  return last;
};

/** @returns by shard, the last sequence */
const append = async (log: ShardLog, from: number): Promise<ReadonlyMap<string, string>> => {
  const time = Date.now();
  const entries = Array.from({ length: EVENTS }, (_, index) => {
    // every tenth is the copy of another
    const number = from + (index % 10 === 9 ? index - 4 : index);
    const fields = { page: `/${number % 7}`, user: `u${number % 31}` };
    const text = JSON.stringify({ type: "view", id: `e${number}`, time, ...fields });
    return { partitionKey: `e${number}`, data: Buffer.from(text) };
  });
  const outcomes = await log.append(entries);
  return lastOf(outcomes);
};

/** A shard's records, through a sequence at least. */
const readAll = async (
  log: ShardLog,
  { id }: Shard,
  through: string | undefined,
): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  for (;;) {
    const read = await log.read(id, records.at(-1)?.sequence ?? null, 1_000);
    records.push(...read.records);
    if (read.ended || (records.at(-1)?.sequence ?? "") >= (through ?? "")) return records;
    if (read.records.length === 0) await log.wait(20);
  }
};

const eventOf = (logId: string, shard: Shard, records: readonly LogRecord[]): StreamEvent => ({
  Records: records.map(({ sequence, arrivalMs, partitionKey, data }) => ({
    eventID: `${shard.id}:${BigInt(sequence)}`,
    eventSourceARN: logId.slice(0, logId.indexOf("@")),
    kinesis: {
      partitionKey,
      sequenceNumber: String(BigInt(sequence)),
      data: Buffer.from(data).toString("base64"),
      approximateArrivalTimestamp: arrivalMs / 1_000,
    },
  })),
});

const contentOf = async (data: DataDirectory, shards: readonly Shard[]): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for (const { id } of shards)
    for (const { body, ...record } of await data.increments.segments(id, null, 1_000)) {
      const { offset = 0, length = 0 } = body.kind === "object" ? body : {};
      const bytes = body.kind === "inline" ? body.bytes : await data.lake.get(body.path, { offset, length });
      found.push({ ...record, body: Buffer.from(bytes).toString("hex") });
    }
  return found;
};

it("the fold behind an event source mapping reads a Kinesis to the same bytes, however batches are cut, through a split", async () => {
  const rig = await aKinesis(2);
  const log: ShardLog & ShardAdmin = await rig.open({ create: LOG });
  const through = new Map(await append(log, 0));
  const [first] = await log.shards();
  if (!first) throw new Error("no shard");
  await log.split(first.id, (first.hashRange.first + first.hashRange.last) / 2n);
  for (const [shard, sequence] of await append(log, EVENTS)) through.set(shard, sequence);

  let nowMs = Date.now();
  let writers = 0;
  const optionsOf = (data: DataDirectory): HandlerOptions => ({
    open: async (): Promise<FoldStores> => {
      const opened = await rig.open({ create: LOG });
      const append: ShardLog["append"] = async (entries) => {
        const outcomes = await opened.append(entries);
        for (const [shard, sequence] of lastOf(outcomes)) through.set(shard, sequence);
        return outcomes;
      };
      return { ...data, log: { ...opened, append } };
    },
    now: () => nowMs,
    report: ({ kind }) => expect(["conflict", "gap"]).not.toContain(kind),
    writer: `w${writers++}`,
  });
  const [many, one] = [await someStores(), await someStores()];
  await publishApp(many.records, log, app, nowMs);
  await publishApp(one.records, log, app, nowMs);
  const random = createRandom(7);
  const delivered = new Map<string, number>();
  const deliverAll = async (data: DataDirectory, handlers: readonly StreamHandler[], sizeMax: number) => {
    for (const shard of await log.shards()) {
      const records = await readAll(log, shard, through.get(shard.id));
      const name = `${data.dir} ${shard.id}`;
      for (let at = delivered.get(name) ?? 0; at < records.length; ) {
        const size = Math.min(sizeMax, 1 + random.integer(sizeMax));
        const handle = handlers[random.integer(handlers.length)] as StreamHandler;
        const response = await handle(eventOf(log.identity.id, shard, records.slice(at, at + size)), TIME);
        expect(response).toEqual({ batchItemFailures: [] });
        at += size;
      }
      delivered.set(name, records.length);
    }
  };
  const handlersOf = (data: DataDirectory, processes: number): readonly StreamHandler[] =>
    Array.from({ length: processes }, () => createStreamHandler(optionsOf(data)));
  const [manyHandlers, oneHandler] = [handlersOf(many, 3), handlersOf(one, 1)];
  await deliverAll(many, manyHandlers, 25);
  await deliverAll(one, oneHandler, 10_000);

  nowMs += 120_000;
  await createTendHandler(optionsOf(many))({}, TIME);
  await createTendHandler({ ...optionsOf(one), settings: { heartbeatAfterMs: Number.MAX_SAFE_INTEGER } })(
    {},
    TIME,
  );
  await deliverAll(many, manyHandlers, 25);
  await deliverAll(one, oneHandler, 10_000);

  const shards = await log.shards();
  expect(shards).toHaveLength(4);
  const content = await contentOf(many, shards);
  expect(content).toEqual(await contentOf(one, shards));
  const segments = content as readonly SegmentRecord[];
  expect(segments.reduce((sum, { counts }) => sum + counts.events, 0)).toBe(2 * EVENTS);
  expect(segments.reduce((sum, { counts }) => sum + counts.duplicates, 0)).toBe((2 * EVENTS) / 10);
  expect(segments.filter(({ ended }) => ended)).toHaveLength(1);
  expect(segments.length).toBeGreaterThan(25);
}, 120_000);
