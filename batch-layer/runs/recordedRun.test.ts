import type { GenerationManifest } from "@freshet/model";
import type { Records, Versioned } from "@freshet/storage";
import { beforeEach, describe, expect, it } from "vitest";
import type { BatchResult } from "../run/runBatch.js";
import { recordedRun, type RecordedRunOptions } from "./recordedRun.js";
import { listRuns } from "./runRecord.js";

const inMemory = (): Records => {
  const kept = new Map<string, Versioned<unknown>>();
  return {
    get: async <T>(name: string) => (kept.get(name) as Versioned<T> | undefined) ?? null,
    async replace(name, expected, value) {
      if ((kept.get(name)?.revision ?? 0) !== expected) return false;
      kept.set(name, { revision: expected + 1, value: structuredClone(value) });
      return true;
    },
    list: async <T>(prefix: string) =>
      [...kept].flatMap(([name, document]) =>
        name.startsWith(prefix) ? [{ name, document: document as Versioned<T> }] : [],
      ),
    async remove(name) {
      kept.delete(name);
    },
  };
};

const ledger = { records: 7, events: 6, accepted: 5, duplicates: 1, conflicts: 0, rejected: {} };
const manifest = { generation: 3, ledger } as unknown as GenerationManifest;
const published: BatchResult = { kind: "published", manifest, addedRecords: 4 };

let records: Records;
let nowMs: number;
let slept: number[];
let unique = 0;
beforeEach(() => {
  records = inMemory();
  nowMs = 1_000_000;
  slept = [];
});

const run = (
  attempt: RecordedRunOptions["run"],
  settings: RecordedRunOptions["settings"] = {},
): Promise<BatchResult> =>
  recordedRun({
    records,
    engine: "spark",
    rebuild: false,
    schedule: { kind: "every", everyMs: 60_000 },
    settings: { attemptsMax: 3, backOffMs: 100, keepMs: 5_000, ...settings },
    now: () => nowMs,
    unique: `${unique++}`,
    async sleep(ms) {
      slept.push(ms);
      nowMs += ms;
    },
    run: attempt,
  });

describe("a recorded run", () => {
  it("says what began it, what it did and how long its steps took", async () => {
    await run(async (onProgress) => {
      onProgress({ step: "reading", done: 0, of: 0 });
      nowMs += 20;
      onProgress({ step: "metrics", done: 0, of: 2 });
      onProgress({ step: "metrics", done: 1, of: 2 });
      nowMs += 30;
      return published;
    });
    const [record] = await listRuns(records);
    expect(record).toMatchObject({
      engine: "spark",
      schedule: { kind: "every", everyMs: 60_000 },
      outcome: "published",
      generation: 3,
      ledger,
      records: 4,
      elapsedMs: 50,
      expiresMs: 1_005_000,
    });
    expect(record?.attempts).toEqual([
      {
        startedMs: 1_000_000,
        elapsedMs: 50,
        error: null,
        steps: [
          { step: "reading", atMs: 0 },
          { step: "metrics", atMs: 20 },
        ],
      },
    ]);
  });

  it("is on record while it runs", async () => {
    await run(async () => {
      expect((await listRuns(records)).map(({ outcome }) => outcome)).toEqual(["running"]);
      return published;
    });
  });

  it("tries again after a failure, with pauses that double, and throws the last", async () => {
    let attempts = 0;
    const fails = async (): Promise<BatchResult> => {
      attempts += 1;
      throw new Error(`failure ${attempts}`);
    };
    await expect(run(fails)).rejects.toThrow("failure 3");
    expect(slept).toEqual([100, 200]);
    const [record] = await listRuns(records);
    expect(record?.outcome).toBe("failed");
    expect(record?.attempts.map(({ error }) => error)).toEqual(["failure 1", "failure 2", "failure 3"]);
    await run(async () => {
      if (++attempts < 5) throw new Error("once more");
      return published;
    });
    expect((await listRuns(records))[0]).toMatchObject({
      outcome: "published",
      attempts: [{}, { error: null }],
    });
  });

  it("goes when it expires", async () => {
    await run(async () => published);
    nowMs += 4_000;
    await run(async () => published);
    expect(await listRuns(records)).toHaveLength(2);
    nowMs += 2_000;
    await run(async () => ({ kind: "superseded" }));
    expect((await listRuns(records)).map(({ outcome }) => outcome)).toEqual(["superseded", "published"]);
  });
});
