import { cpus } from "node:os";
import { createProducer } from "../index.js";
import { kinesisTransport } from "./kinesisTransport.js";
import { equalRanges } from "@freshet/kpl";
import type { WritableStream } from "./stream.js";

const EVENTS = Number(process.env["FRESHET_BENCH_EVENTS"] ?? 1_000_000);
const SHARDS = 128;
const NOTE = "x".repeat(88); // so that an event has 200 bytes

let records = 0;
let bytes = 0;

/** Takes everything at once. */
const nullStream: WritableStream = {
  async put(entries) {
    records += entries.length;
    for (const { data } of entries) bytes += data.length;
    return entries.map(({ explicitHashKey = 0n }) => {
      const shard = `shard-${(explicitHashKey * BigInt(SHARDS)) >> 128n}`;
      return { kind: "stored", shard, sequence: "49" };
    });
  },
  traits: async () => ({ recordBytesMax: 2 ** 20, distributesItself: false }),
  openShards: async () => equalRanges(SHARDS).map((range, index) => ({ id: `shard-${index}`, ...range })),
};

const run = async (events: number): Promise<number> => {
  const producer = createProducer<{ page_view: { n: number; user: string; note: string } }>({
    transport: kinesisTransport({ stream: nullStream, shardShare: 1e6 }),
  });
  const startedMs = process.cpuUsage();
  for (let n = 0; n < events; n++) {
    if (n % 100 === 0) await producer.ready();
    void producer.emit(
      "page_view",
      { n, user: `user-${n % 5000}`, note: NOTE },
      { partitionKey: `user-${n % 5000}` },
    );
  }
  const { notSent } = await producer.close(60_000);
  if (notSent.length > 0 || producer.counters().stored !== events) throw new Error("not all were stored");
  const { user, system } = process.cpuUsage(startedMs);
  return (user + system) / 1e6;
};

/** What no producer is spared: the same objects as JSON, and its bytes. */
const runTwin = (events: number): number => {
  const utf8 = new TextEncoder();
  const started = process.cpuUsage();
  let encoded = 0;
  for (let n = 0; n < events; n++) {
    const id = `01J${String(n).padStart(23, "0")}`;
    const time = new Date(1_795_289_370_000 + n).toISOString();
    const event = { type: "page_view", id, time, n, user: `user-${n % 5000}`, note: NOTE };
    encoded += utf8.encode(JSON.stringify(event)).length;
  }
  if (encoded < events) throw new Error("nothing was encoded");
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
};

await run(EVENTS / 10);
runTwin(EVENTS / 10);
records = 0;
bytes = 0;
const cpuSeconds = await run(EVENTS);
const twinSeconds = runTwin(EVENTS);
console.log(
  JSON.stringify({
    name: "events put into a null Kinesis, aggregated, a second of CPU",
    value: Math.round(EVENTS / cpuSeconds),
    unit: "events/s",
    min: 100_000,
    events: EVENTS,
    bytesEach: Math.round(bytes / EVENTS),
    eventsARecord: Math.round(EVENTS / records),
    shards: SHARDS,
    jsonAloneEventsPerSecond: Math.round(EVENTS / twinSeconds),
    timesJsonAlone: Math.round((cpuSeconds / twinSeconds) * 100) / 100,
    cpu: cpus()[0]?.model,
  }),
);
