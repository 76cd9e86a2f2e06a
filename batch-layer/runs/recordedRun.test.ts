import type { GenerationManifest } from "@freshet/model";
import type { Records, Versioned } from "@freshet/storage";
import { beforeEach, describe, expect, it } from "vitest";
import type { BatchResult } from "../run/runBatch.js";
import { type AttemptContext, recordedRun, type RecordedRunOptions } from "./recordedRun.js";
import { listRuns } from "./runRecord.js";
import { RunTimedOut } from "./runTimedOut.js";

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
let timers: Map<() => void, number>;
let said: string[];
beforeEach(() => {
  records = inMemory();
  nowMs = 1_000_000;
  slept = [];
  timers = new Map();
  said = [];
});

const advance = (ms: number): void => {
  nowMs += ms;
  for (const [action, atMs] of timers) if (atMs <= nowMs) action();
};

const run = (
  attempt: RecordedRunOptions["run"],
  settings: RecordedRunOptions["settings"] = {},
): Promise<BatchResult> =>
  recordedRun({
    records,
    engine: "spark",
    rebuild: false,
    schedule: { kind: "every", everyMs: 60_000 },
    settings: { attemptsMax: 3, backOffMs: 100, timeoutMs: 1_000, keepMs: 5_000, ...settings },
    logger: {
      debug: () => undefined,
      info: (_fields, message) => said.push(message),
      warn: (_fields, message) => said.push(message),
    },
    now: () => nowMs,
    unique: `${unique++}`,
    async sleep(ms) {
      slept.push(ms);
      advance(ms);
    },
    startTimer(afterMs, action) {
      timers.set(action, nowMs + afterMs);
      return () => timers.delete(action);
    },
    costOf: (ms) => ({ kind: "machine_seconds", seconds: ms / 1_000 }),
    run: attempt,
  });

describe("a recorded run", () => {
  it("says what began it, what it did and how long its steps took", async () => {
    const landed = { name: "landed", required: true, holds: true, detail: "it has" } as const;
    await run(async ({ onProgress, onPrecondition, logger }) => {
      onPrecondition(landed);
      onProgress({ step: "reading", done: 0, of: 0 });
      nowMs += 20;
      onProgress({ step: "metrics", done: 0, of: 2 });
      onProgress({ step: "metrics", done: 1, of: 2 });
      nowMs += 30;
      logger.debug({}, "not kept");
      logger.warn({ segments: 2 }, "left out");
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
      timeoutMs: 1_000,
      preconditions: [landed],
      log: [{ atMs: 50, level: "warn", text: 'left out {"segments":2}' }],
      cost: { kind: "machine_seconds", seconds: 0.05 },
      expiresMs: 1_005_000,
    });
    expect(said).toEqual(["left out"]);
    expect(timers.size).toBe(0);
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

  it("is interrupted when its time is over, and tried no more", async () => {
    let attempts = 0;
    const slow = run(async ({ signal }) => {
      attempts += 1;
      advance(1_000);
      signal.throwIfAborted();
      return published;
    });
    await expect(slow).rejects.toThrow(RunTimedOut);
    expect(attempts).toBe(1);
    const [record] = await listRuns(records);
    expect(record).toMatchObject({ outcome: "timed_out", generation: null, cost: { seconds: 1 } });
    expect(record?.attempts[0]?.error).toContain("interrupted after 1 s");
  });

  it("is over where its time ends in the pause before another attempt", async () => {
    const fails = run(
      async () => {
        throw new Error("failure");
      },
      { backOffMs: 1_000 },
    );
    await expect(fails).rejects.toThrow(RunTimedOut);
    expect((await listRuns(records))[0]).toMatchObject({
      outcome: "timed_out",
      attempts: [{ error: "failure" }],
    });
  });

  it("that published while its time ran out has published", async () => {
    const late = async (): Promise<BatchResult> => {
      advance(1_000);
      return published;
    };
    expect(await run(late)).toEqual(published);
    expect((await listRuns(records))[0]).toMatchObject({ outcome: "published" });
  });

  it("tries again where a precondition is lacking, and says which", async () => {
    const lacking = { name: "landed", required: true, holds: false, detail: "shard 1 lacks" } as const;
    let attempts = 0;
    const late = async ({ onPrecondition }: AttemptContext): Promise<BatchResult> => {
      attempts += 1;
      const checked = { ...lacking, holds: attempts > 4 };
      onPrecondition(checked);
      return checked.holds ? published : { kind: "unready", lacking: [checked] };
    };
    expect(await run(late)).toMatchObject({ kind: "unready" });
    const [record] = await listRuns(records);
    expect(record).toMatchObject({ outcome: "unready", generation: null, preconditions: [lacking] });
    expect(record?.attempts.map(({ error }) => error)).toEqual(
      Array.from({ length: 3 }, () => "shard 1 lacks"),
    );
    expect(await run(late)).toEqual(published);
    expect((await listRuns(records))[0]).toMatchObject({
      outcome: "published",
      preconditions: [{ holds: true }],
      attempts: [{ error: "shard 1 lacks" }, { error: null }],
    });
  });

  it("keeps the beginning of a long log", async () => {
    await run(async ({ logger }) => {
      for (let line = 0; line < 300; line++) logger.info({ text: "x".repeat(1_000) }, `line ${line}`);
      return published;
    });
    const [record] = await listRuns(records);
    expect(record?.log).toHaveLength(100);
    expect(record?.log[99]?.text).toMatch(/^line 99 .{490,493}$/);
    expect(said).toHaveLength(300);
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
