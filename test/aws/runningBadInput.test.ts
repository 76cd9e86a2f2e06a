import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runBatch, startLanding } from "@freshet/batch-layer";
import { encodeAggregate } from "@freshet/kpl";
import { type LedgerCounts, type Schedule, SCHEDULE } from "@freshet/model";
import { createRandom } from "@freshet/simulators";
import { type DataStore, type LogEntry, openDuckDb } from "@freshet/storage";
import { deleteTestTable, serverDynamoClient } from "@freshet/storage/testing";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { lawApp } from "../laws/app.js";
import { STREAM, TABLE } from "./wire/services.js";
import { aWiredLine } from "./wire/line.js";

const HOUR_MS = 3_600_000;
const MEMBERS = 40_000;
const RECORD_BYTES = 10 * 2 ** 20 - 64;
const SEGMENTS_MAX = 10_000;

const visit = (number: number): string =>
  JSON.stringify({ type: "visit", id: `v${number}`, time: Date.now(), page: "/", user: "u", amount: number });

const entry = (data: string | Uint8Array): LogEntry => ({ partitionKey: "k", data: Buffer.from(data) });

const stored = async (data: DataStore): Promise<LedgerCounts> => {
  const counts = { records: 0, events: 0, accepted: 0, duplicates: 0 };
  const rejected: Record<string, number> = {};
  for (const shard of data.log.identity.roster)
    for (const record of await data.increments.segments(shard, null, SEGMENTS_MAX)) {
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += record.counts[name];
      for (const [reason, count] of Object.entries(record.counts.rejected))
        rejected[reason] = (rejected[reason] ?? 0) + count;
    }
  return { ...counts, rejected };
};

describe("a speed worker on AWS' protocols", () => {
  it("counts records that are not ours, and records of 10 MiB, as dead letters or as the events they hold; the books balance", async () => {
    const { data, directory, startWorker } = await aWiredLine(1, lawApp);
    const { speed } = await startWorker({ settings: { heartbeatAfterMs: 500, fuse: null } });
    const random = createRandom("bad input", 1);
    const noise = Array.from({ length: 20 }, () =>
      entry(Uint8Array.from({ length: 1 + random.integer(400) }, () => 1 + random.integer(255))),
    );
    const aggregate = encodeAggregate([{ partitionKey: "k", data: Buffer.from(visit(1)) }]);
    const foreign = [
      "{}",
      "[]",
      "null",
      '"text"',
      "2026-11-21 GET /index.html 200",
      JSON.stringify({ specversion: "1.0", id: "1", source: "/other", type: "com.example.order" }),
      gzipSync(visit(2)),
      // an aggregate with a byte lost in its middle is one event that is none
      Buffer.concat([aggregate.subarray(0, 20), aggregate.subarray(21)]),
    ].map(entry);
    const large = entry(`${visit(3).slice(0, -1)},"note":"${"n".repeat(RECORD_BYTES - 200)}"}`);
    const many = encodeAggregate(
      Array.from({ length: MEMBERS }, (_, index) => ({
        partitionKey: "k",
        data: Buffer.from(visit(10 + index)),
      })),
    );
    for (const call of [[...noise, ...foreign], [large], [entry(many)], [entry(visit(4))]])
      expect((await data.log.append(call)).map(({ kind }) => kind)).toEqual(call.map(() => "stored"));
    await speed.caughtUp();

    const bad = noise.length + foreign.length + 1;
    const counts = await stored(data);
    expect(counts).toMatchObject({ events: bad + MEMBERS + 1, accepted: MEMBERS + 1, duplicates: 0 });
    expect(counts.rejected).toMatchObject({ too_large: 1 });
    expect(Object.values(counts.rejected).reduce((sum, count) => sum + count, 0)).toBe(bad);
    const { letters } = await data.deadLetters.search({ limit: 1_000 });
    expect(letters).toHaveLength(bad);
    expect(letters.find(({ reason }) => reason === "too_large")?.body.length).toBeLessThanOrEqual(64 * 1024);

    const logger = pino({ level: "silent" });
    const duckdb = await openDuckDb({ memoryMb: 400, threads: 1, tempDir: join(directory, "tmp") });
    onTestFinished(() => duckdb.close());
    for (let round = 0; ; round++) {
      const landing = await startLanding({ data, duckdb, logger });
      await landing.caughtUp();
      await landing.stop();
      const result = await runBatch({ data, duckdb, logger });
      if (result.kind !== "published" && result.kind !== "unchanged") throw new Error(result.kind);
      expect(result.manifest?.disagreements ?? []).toEqual([]);
      const settled = result.manifest?.ledger;
      if (settled?.accepted === MEMBERS + 1 || round > 50) {
        expect(settled).toMatchObject({ events: bad + MEMBERS + 1, accepted: MEMBERS + 1, duplicates: 0 });
        break;
      }
      await data.log.wait(500);
    }
  }, 120_000);

  it("stops, and names the stream, when that is deleted while it runs", async () => {
    const { services, data, startWorker } = await aWiredLine(2, lawApp);
    const { speed } = await startWorker();
    await data.log.append([entry(visit(1))]);
    await speed.caughtUp();
    await services.kinesis.service.call("DeleteStream", { StreamName: STREAM });
    const failure = await speed.failed;
    expect(failure).toMatchObject({ kind: "storage", cause: { kind: "missing" } });
    expect(failure.message).toContain(STREAM);
    expect(failure.message).toContain("ResourceNotFoundException");
    await speed.stop();
    expect((await stored(data)).accepted).toBe(1);
  });

  it("stops, and names the table, when that is deleted while it runs; nothing of it goes on", async () => {
    const { services, startWorker } = await aWiredLine(1, lawApp);
    const { speed, wire } = await startWorker();
    await speed.caughtUp();
    const client = serverDynamoClient(wire.endpoint);
    await deleteTestTable(client, TABLE);
    client.destroy();
    const failure = await speed.failed;
    expect(failure).toMatchObject({ kind: "storage", cause: { kind: "missing" } });
    expect(failure.message).toContain(TABLE);
    await expect(speed.stop()).rejects.toMatchObject({ kind: "missing" });
    const calls = services.kinesis.service.calls.get("GetRecords");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(services.kinesis.service.calls.get("GetRecords")).toBe(calls);
  });

  it.each([
    ["ahead", HOUR_MS],
    ["behind", -HOUR_MS],
  ])("whose machine's clock is an hour %s goes by the service's", async (_, offsetMs) => {
    const { data, startWorker } = await aWiredLine(2, lawApp);
    const { speed } = await startWorker({ now: () => Date.now() + offsetMs });
    await data.log.append(
      Array.from({ length: 50 }, (_, number) => ({ ...entry(visit(number)), partitionKey: `k${number}` })),
    );
    await speed.caughtUp();
    const near = (ms: number | undefined): void =>
      expect(Math.abs((ms ?? 0) - Date.now())).toBeLessThan(HOUR_MS / 10);
    for (const tip of (await data.increments.tips()).values()) near(tip.atMs);
    const leases = await data.leases.list();
    expect(leases.length).toBeGreaterThan(2);
    for (const { expiresMs } of leases) near(expiresMs);
    const schedule = await data.records.get<Schedule>(SCHEDULE);
    near((schedule?.value.knownThrough ?? 0) * 1_000);
    expect((await stored(data)).accepted).toBe(50);
  });
});
