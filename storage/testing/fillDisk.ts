import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ShardId } from "@freshet/model";
import { openDataDirectory } from "../dataDirectory.js";

// Fills a small file system with a log, then makes room, in one process.
const disk = process.argv[2] as string;
const ballast = join(disk, "ballast");
writeFileSync(ballast, Buffer.alloc(1_000_000));
const create = { shards: 1, segmentMs: 1000, segmentEventsMax: 1000, dedupeHorizonMs: 120_000 };
const data = await openDataDirectory(join(disk, "data"), { create });
const refusal = (error: unknown) => {
  const { kind, message } = error as { kind: string; message: string };
  return { kind, message };
};
const append = (key: number) =>
  data.log.append([{ partitionKey: `${key}`, data: Buffer.alloc(10_000, key) }]);

let acknowledged = 0;
let log: unknown;
while (!log) {
  try {
    await append(acknowledged);
    acknowledged += 1;
  } catch (error) {
    log = refusal(error);
  }
}
const lake = await data.lake.put("raw/large", Buffer.alloc(1_000_000)).catch(refusal);
rmSync(ballast);
await append(acknowledged);
await data.lake.put("raw/after", Buffer.alloc(100));
const [shard] = data.log.identity.roster as [ShardId];
const { records } = await data.log.read(shard, null, 1_000_000);
const keys = new Set(records.map((record) => Number(record.partitionKey)));
const acknowledgedIsThere = Array.from({ length: acknowledged }, (_, key) => key).every((key) =>
  keys.has(key),
);
const goesOn = keys.has(acknowledged) && (await data.lake.list("raw/")).join() === "raw/after";
await data.close();
process.stdout.write(`${JSON.stringify({ log, lake, acknowledgedIsThere, goesOn })}\n`);
