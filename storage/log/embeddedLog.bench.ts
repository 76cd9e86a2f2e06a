import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SequenceNumber } from "@freshet/model";
import { openEnvironment } from "../lmdb/environment.js";
import { openEmbeddedLog } from "./embeddedLog.js";
import type { LogEntry, ShardLog } from "./port.js";

/* Durable appends to the embedded log and reads from it, against the same bytes appended to a plain file. */

const ENTRIES = 50_000;
const CALL_ENTRIES = 500;
const ROUNDS = 7;
const SHARDS = 4;
/** What the slowest of today's machines must do; far below what is measured. */
const APPENDS_PER_S_MIN = 200_000;
const READS_PER_S_MIN = 400_000;
const RATIO_MAX = 25;

const entries = (round: number): LogEntry[] =>
  Array.from({ length: ENTRIES }, (_, index) => ({
    partitionKey: `id-${round}-${index}`,
    data: Buffer.from(
      `{"type":"activity","id":"id-${round}-${index}","time":"2024-01-01T00:00:00Z","repo":"owner/repository-${index % 977}","actor":"actor-${index % 9973}"}`,
    ),
  }));

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** The least disturbed round: others may be using the machine. */
const best = (values: readonly number[]): number => Math.min(...values);

const report = (result: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(result));

const readAll = async (log: ShardLog): Promise<number> => {
  let count = 0;
  for (const { id } of await log.shards()) {
    for (let after: SequenceNumber | null = null; ; ) {
      const { records, atEnd } = await log.read(id, after, 2_000);
      count += records.length;
      after = records.at(-1)?.sequence ?? after;
      if (atEnd) break;
    }
  }
  return count;
};

const dir = mkdtempSync(join(tmpdir(), "freshet-bench-"));
const log = await openEmbeddedLog({
  environment: await openEnvironment(join(dir, "log"), { create: true }),
  create: { shards: SHARDS, segmentMs: 1000, segmentEventsMax: 50_000, dedupeHorizonMs: 120_000 },
  now: Date.now,
  newId: randomUUID,
});
const plain = await open(join(dir, "plain"), "a");

const times: { atOnce: number[]; byCall: number[]; plain: number[] } = { atOnce: [], byCall: [], plain: [] };
for (let round = 0; round < ROUNDS; round++) {
  const batch = entries(round);
  times.atOnce.push(await seconds(async () => void (await log.append(batch))));
  const calls = Array.from({ length: ENTRIES / CALL_ENTRIES }, (_, call) =>
    batch.slice(call * CALL_ENTRIES, (call + 1) * CALL_ENTRIES),
  );
  times.byCall.push(
    await seconds(async () => void (await Promise.all(calls.map((call) => log.append(call))))),
  );
  times.plain.push(
    await seconds(async () => {
      await plain.appendFile(Buffer.concat(batch.map((entry) => entry.data)));
      await plain.datasync();
    }),
  );
}
let count = 0;
const readSeconds = await seconds(async () => {
  count = await readAll(log);
});
await log.close();
await plain.close();
rmSync(dir, { recursive: true });

const atOnce = best(times.atOnce);
report({
  name: `log: append ${ENTRIES} entries in a call`,
  value: ENTRIES / atOnce,
  unit: "entries/s",
  min: APPENDS_PER_S_MIN,
});
report({
  name: `log: append by calls of ${CALL_ENTRIES}`,
  value: ENTRIES / best(times.byCall),
  unit: "entries/s",
  min: APPENDS_PER_S_MIN,
});
report({ name: "log: read", value: count / readSeconds, unit: "records/s", min: READS_PER_S_MIN });
report({
  name: "log: append against a plain file",
  value: atOnce * 1000,
  unit: "ms",
  ratio: atOnce / best(times.plain),
  against: "one appended and synced buffer",
  max: RATIO_MAX,
});
