import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { epochMs } from "@freshet/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { openEnvironment } from "../lmdb/environment.js";
import { aCreation, openLog, readAll, text } from "../testing/embeddedLog.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";
import { openEmbeddedLog, RECORD_BYTES_MAX } from "./embeddedLog.js";
import { logContract } from "./log.contract.js";
import type { LogEntry } from "./port.js";

logContract("the embedded log", {
  open: async (shards) => openLog(await temporaryDirectory(), aCreation({ shards })),
  takesArrivals: true,
  takesEmptyKeys: true,
  fillsReads: true,
});

describe("the embedded log", () => {
  it("keeps its identity and records over a close and a new opening", async () => {
    const dir = await temporaryDirectory();
    const first = await openLog(dir, aCreation({ shards: 3 }), () => 1234567);
    await first.append([{ partitionKey: "a", data: Buffer.from("1") }]);
    await first.close();
    const second = await openLog(dir, undefined);
    expect(second.identity).toEqual(first.identity);
    expect(second.identity).toMatchObject({ createdMs: 1234567, segmentMs: 1000, roster: { length: 3 } });
    expect((await readAll(second)).map(text)).toEqual(["1"]);
  });

  it("ignores another number of shards asked for, and refuses other constants", async () => {
    const dir = await temporaryDirectory();
    const log = await openLog(dir, aCreation({ shards: 2 }));
    expect((await openLog(dir, aCreation({ shards: 9 }))).identity).toEqual(log.identity);
    for (const other of [{ segmentMs: 500 }, { segmentEventsMax: 7 }, { dedupeHorizonMs: 1 }]) {
      const environment = await openEnvironment(dir, { create: true });
      onTestFinished(() => environment.close());
      const opening = openEmbeddedLog({
        environment,
        create: aCreation(other),
        now: Date.now,
        newId: randomUUID,
      });
      await expect(opening).rejects.toMatchObject({ kind: "mismatch" });
    }
  });

  it("refuses a record beyond the limit and a stamp that is none, and stores nothing of that call", async () => {
    const log = await openLog(await temporaryDirectory());
    const good: LogEntry = { partitionKey: "a", data: Buffer.from("1") };
    expect(() => log.append([good, { ...good, data: Buffer.alloc(RECORD_BYTES_MAX + 1) }])).toThrow(
      /at most/,
    );
    expect(() => log.append([good, { ...good, arrivalMs: epochMs(-1) }])).toThrow(/arrival/);
    expect(await readAll(log)).toEqual([]);
  });

  it("tells callers to come back when too much is waiting, and stores what it took", async () => {
    const log = await openLog(await temporaryDirectory());
    const large = Array.from({ length: 5 }, (_, index) => ({
      partitionKey: `${index}`,
      data: Buffer.alloc(8_000_000, index),
    }));
    const outcomes = (await Promise.all([log.append(large), log.append(large), log.append(large)])).flat();
    const kept = outcomes.filter((outcome) => outcome.kind === "stored").length;
    expect(outcomes.find((outcome) => outcome.kind === "throttled")).toMatchObject({
      retryAfterMs: expect.any(Number),
    });
    expect(kept).toBeGreaterThan(0);
    expect((await readAll(log)).length).toBe(kept);
  });

  it("holds back, for as long as its reader asks and in whatever process, what brings no arrival stamps", async () => {
    const dir = await temporaryDirectory();
    let nowMs = 1_000;
    const reader = await openLog(dir, aCreation(), () => nowMs);
    const producer = await openLog(dir, undefined, () => nowMs);
    const entry: LogEntry = { partitionKey: "a", data: Buffer.from("1") };
    await reader.holdBack?.(500);
    expect(await producer.append([entry, entry])).toEqual([
      { kind: "throttled", retryAfterMs: 500 },
      { kind: "throttled", retryAfterMs: 500 },
    ]);
    const one = { keyStarts: Int32Array.of(0), keyEnds: Int32Array.of(1) };
    const spans = {
      count: 1,
      bytes: Buffer.from("a1"),
      ...one,
      dataStarts: one.keyEnds,
      dataEnds: Int32Array.of(2),
    };
    expect((await producer.appendSpans(spans)).at(0)).toEqual({ kind: "throttled", retryAfterMs: 500 });
    expect(await producer.append([{ ...entry, arrivalMs: epochMs(7) }])).toMatchObject([{ kind: "stored" }]);
    nowMs = 1_499;
    expect(await producer.append([entry])).toEqual([{ kind: "throttled", retryAfterMs: 1 }]);
    nowMs = 1_500;
    expect(await producer.append([entry])).toMatchObject([{ kind: "stored" }]);
    expect(await readAll(reader)).toHaveLength(2);
  });

  it("does not hold back for longer than was asked when its clock is set back", async () => {
    let nowMs = 1_000_000;
    const log = await openLog(await temporaryDirectory(), aCreation(), () => nowMs);
    await log.holdBack?.(1_000);
    nowMs = 0;
    expect(await log.append([{ partitionKey: "a", data: Buffer.from("1") }])).toMatchObject([
      { kind: "stored" },
    ]);
  });

  it("appends with four callers at once and loses, doubles or reorders nothing", async () => {
    const log = await openLog(await temporaryDirectory());
    const caller = async (name: string): Promise<void> => {
      for (let index = 0; index < 50; index++) {
        await log.append([{ partitionKey: name, data: Buffer.from(`${name} ${index}`) }]);
      }
    };
    await Promise.all(["a", "b", "c", "d"].map(caller));
    const records = await readAll(log);
    for (const name of ["a", "b", "c", "d"]) {
      const own = records.filter((record) => record.partitionKey === name).map(text);
      expect(own).toEqual(Array.from({ length: 50 }, (_, index) => `${name} ${index}`));
    }
  });

  it("does not outgrow what its retention keeps", async () => {
    const dir = await temporaryDirectory();
    let clock = 1_000_000;
    const log = await openLog(dir, aCreation(), () => clock);
    const ROUNDS = 24;
    const ROUND_BYTES = 500_000;
    const KEPT_ROUNDS = 3;
    let greatest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      clock += 1000;
      for (let call = 0; call < 10; call++) {
        await log.append(
          Array.from({ length: 50 }, (_, index) => ({
            partitionKey: `${round} ${call} ${index}`,
            data: Buffer.alloc((ROUND_BYTES / 500) * (index % 2 === 0 ? 1.5 : 0.5), index),
          })),
        );
      }
      await log.trim(epochMs(clock - KEPT_ROUNDS * 1000));
      const { size } = await stat(join(dir, "data.mdb"));
      if (round === ROUNDS / 2) greatest = size;
      if (round > ROUNDS / 2) expect(size).toBeLessThanOrEqual(greatest * 1.2);
    }
    expect(greatest).toBeGreaterThan(KEPT_ROUNDS * ROUND_BYTES);
    expect(greatest).toBeLessThan(ROUNDS * ROUND_BYTES * 0.5);
  });
});
