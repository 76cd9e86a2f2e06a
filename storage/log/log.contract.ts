import { createHash } from "node:crypto";
import { epochMs, type SequenceNumber, type ShardId, sequenceNumber } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { spansOf } from "../testing/spansOf.js";
import { eachOutcome } from "./outcomes.js";
import {
  type AppendOutcome,
  type LogEntry,
  type LogRecord,
  READ_BYTES_MAX,
  type ReadResult,
  type Shard,
  type ShardAdmin,
  type ShardLog,
} from "./port.js";

export interface LogFactory {
  /** A new log, closed by the factory when the test ends. */
  open(shards: number): Promise<ShardLog & ShardAdmin>;
  /** Whether the log takes the entries' own arrival stamps. */
  readonly takesArrivals: boolean;
  readonly takesEmptyKeys: boolean;
  /** Whether a read gives all that is there as far as it fits, and not only what has come so far. */
  readonly fillsReads: boolean;
}

const READS_MAX = 200;
const WAIT_MS = 20;

const anEntry = (overrides: Partial<LogEntry> = {}): LogEntry => ({
  partitionKey: "key",
  data: Buffer.from("data"),
  ...overrides,
});

const entries = (count: number, prefix = "k"): LogEntry[] =>
  Array.from({ length: count }, (_, index) =>
    anEntry({ partitionKey: `${prefix}${index}`, data: Buffer.from(`${prefix}${index} of ${count}`) }),
  );

const md5 = (key: string): bigint => BigInt(`0x${createHash("md5").update(key, "utf8").digest("hex")}`);

type Append = (log: ShardLog, batch: readonly LogEntry[]) => Promise<readonly AppendOutcome[]>;
const appendEntries: Append = (log, batch) => log.append(batch);
/** In a buffer that is used again at once. */
const appendSpans: Append = async (log, batch) => {
  const spans = spansOf(batch);
  const outcomes = log.appendSpans(spans);
  spans.bytes.fill(0);
  for (const column of [spans.keyStarts, spans.keyEnds, spans.dataStarts, spans.dataEnds]) column.fill(0);
  return eachOutcome(await outcomes);
};

const stored = async (log: ShardLog, batch: readonly LogEntry[], append = appendEntries) =>
  (await append(log, batch)).map((outcome) => {
    if (outcome.kind !== "stored") throw new Error(`not stored: ${outcome.kind}`);
    return outcome;
  });

/** Reads a shard until it stands at its end. */
const readAll = async (log: ShardLog, shard: ShardId, limit = 1000) => {
  const records: LogRecord[] = [];
  for (let after: SequenceNumber | null = null; ; ) {
    const result: ReadResult = await log.read(shard, after, limit);
    records.push(...result.records);
    after = result.records.at(-1)?.sequence ?? after;
    if (result.atEnd) return { records, ended: result.ended };
  }
};

/** Reads until something came: not every log gives at once what was just appended. */
const readSome = async (log: ShardLog, shard: ShardId, after: SequenceNumber | null, limit: number) => {
  for (let tries = 0; tries < READS_MAX; tries++) {
    const result = await log.read(shard, after, limit);
    if (result.records.length > 0) return result;
    await log.wait(WAIT_MS);
  }
  throw new Error(`nothing came within ${READS_MAX} reads`);
};

const inRange = ({ hashRange }: Shard, key: bigint): boolean =>
  hashRange.first <= key && key <= hashRange.last;

/** What every shard log must do. */
export const logContract = (name: string, factory: LogFactory): void => {
  describe(`${name} keeps the shard log's contract`, () => {
    it("begins with open shards that cover the hash space once, and names them in its identity", async () => {
      const log = await factory.open(3);
      const shards = [...(await log.shards())];
      expect(shards.map((shard) => shard.id)).toEqual(log.identity.roster);
      let next = 0n;
      for (const shard of shards) {
        expect(shard).toMatchObject({ closed: false, parents: [] });
        expect(shard.hashRange.first).toBe(next);
        next = shard.hashRange.last + 1n;
      }
      expect(next).toBe(1n << 128n);
    });

    it("puts a record into the shard whose range holds its key's MD5, or its explicit hash key", async () => {
      const log = await factory.open(4);
      const shards = await log.shards();
      const keys = [
        ...(factory.takesEmptyKeys ? [""] : []),
        "a",
        "ключ",
        "🙂",
        "__proto__",
        "42",
        "x".repeat(200),
        ...entries(50).map((entry) => entry.partitionKey),
      ];
      const outcomes = await stored(
        log,
        keys.map((partitionKey) => anEntry({ partitionKey })),
      );
      keys.forEach((key, index) => {
        const holder = shards.find((shard) => inRange(shard, md5(key)));
        expect(outcomes[index]?.shard).toBe(holder?.id);
      });
      for (const shard of shards) {
        for (const explicitHashKey of [shard.hashRange.first, shard.hashRange.last]) {
          expect((await stored(log, [anEntry({ explicitHashKey })]))[0]?.shard).toBe(shard.id);
        }
      }
    });

    it("gives sequences of 56 digits that rise over the whole log, in the order of the entries", async () => {
      const log = await factory.open(4);
      const outcomes = [...(await stored(log, entries(100))), ...(await stored(log, entries(100, "l")))];
      const sequences = outcomes.map((outcome) => outcome.sequence);
      expect(sequences.every((sequence) => /^\d{56}$/.test(sequence))).toBe(true);
      expect(sequences).toEqual([...sequences].sort());
      expect(new Set(sequences).size).toBe(200);
    });

    it.each([
      ["entries", appendEntries],
      ["spans", appendSpans],
    ] as const)("gives back what was appended as %s, byte for byte, in order", async (_, append) => {
      const log = await factory.open(2);
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const batch = [
        ...entries(300),
        anEntry({ partitionKey: "empty", data: new Uint8Array(0) }),
        anEntry({ partitionKey: "ключ 🙂", data: bytes }),
        anEntry({ partitionKey: "large", data: Buffer.alloc(1_000_000, 7) }),
        anEntry({ partitionKey: "same" }),
        anEntry({ partitionKey: "same" }),
      ];
      const outcomes = await stored(log, batch, append);
      for (const { id } of await log.shards()) {
        const { records, ended } = await readAll(log, id, 7);
        const expected = batch.flatMap((entry, index) => {
          const outcome = outcomes[index];
          return outcome?.shard === id ? [{ sequence: outcome.sequence, entry }] : [];
        });
        expect(ended).toBeNull();
        expect(records.map((record) => record.sequence)).toEqual(expected.map(({ sequence }) => sequence));
        records.forEach((record, index) => {
          const entry = expected[index]?.entry as LogEntry;
          expect(record.partitionKey).toBe(entry.partitionKey);
          expect(Buffer.compare(record.data, entry.data)).toBe(0);
        });
      }
    });

    it("stamps arrivals by its clock, or as the entries say", async () => {
      const log = await factory.open(1);
      const [shard] = log.identity.roster as [ShardId];
      await stored(log, [
        anEntry(),
        anEntry({ arrivalMs: epochMs(5000) }),
        anEntry({ arrivalMs: epochMs(4000) }),
      ]);
      const { records } = await readAll(log, shard);
      expect(records[0]?.arrivalMs).toBeGreaterThan(1_000_000_000_000);
      if (factory.takesArrivals)
        expect(records.slice(1).map((record) => record.arrivalMs)).toEqual([5000, 4000]);
    });

    it("reads after a position, at most so many, and says when it stood at the end", async () => {
      const log = await factory.open(1);
      const [shard] = log.identity.roster as [ShardId];
      expect(await log.read(shard, null, 10)).toMatchObject({
        records: [],
        atEnd: true,
        ended: null,
        trimmed: null,
      });
      const outcomes = await stored(log, entries(25));
      const first = await readSome(log, shard, null, 10);
      expect(first.records.map((record) => record.partitionKey)).toEqual(
        entries(10).map((entry) => entry.partitionKey),
      );
      expect(first.atEnd).toBe(false);
      const last = await log.read(shard, outcomes[19]?.sequence ?? null, 10);
      expect(last.records).toHaveLength(5);
      expect(last.atEnd).toBe(true);
      const beyond = await log.read(shard, sequenceNumber("9".repeat(56)), 10);
      expect(beyond.records).toEqual([]);
    });

    it("gives at most so many bytes at once, and a record that is larger by itself", async () => {
      const log = await factory.open(1);
      const [shard] = log.identity.roster as [ShardId];
      const sizes = (factory.fillsReads ? [4, 4, 4, 10, 3, 7, 1] : [4, 4, 4]).map(
        (megabytes) => megabytes * 2 ** 20,
      );
      for (const size of sizes) await stored(log, [anEntry({ data: Buffer.alloc(size) })]);
      const pages: number[] = [];
      for (let after: SequenceNumber | null = null; ; ) {
        const result: ReadResult = await log.read(shard, after, 100);
        const bytes = result.records.reduce((sum, { data }) => sum + data.length, 0);
        expect(bytes <= READ_BYTES_MAX || result.records.length === 1).toBe(true);
        if (factory.fillsReads) expect(result.records.length).toBeGreaterThan(0);
        pages.push(result.records.length);
        after = result.records.at(-1)?.sequence ?? after;
        if (result.atEnd) break;
      }
      if (factory.fillsReads) expect(pages).toEqual([2, 1, 1, 2, 1]);
      expect(pages.reduce((sum, count) => sum + count)).toBe(sizes.length);
    });

    it("splits a shard: the parent closes and ends with its children, which take what comes after", async () => {
      const log = await factory.open(2);
      const [parent] = log.identity.roster as [ShardId];
      const { hashRange } = (await log.shards()).find((shard) => shard.id === parent) as Shard;
      const before = await stored(log, entries(40));
      const middle = (hashRange.first + hashRange.last) / 2n;
      const children = await log.split(parent, middle);
      const shards = await log.shards();
      expect(shards.find((shard) => shard.id === parent)?.closed).toBe(true);
      const [low, high] = children.map((id) => shards.find((shard) => shard.id === id)) as [Shard, Shard];
      expect(low).toMatchObject({
        parents: [parent],
        closed: false,
        hashRange: { first: hashRange.first, last: middle - 1n },
      });
      expect(high).toMatchObject({
        parents: [parent],
        closed: false,
        hashRange: { first: middle, last: hashRange.last },
      });
      const after = await stored(log, entries(40, "m"));
      expect(after.some((outcome) => outcome.shard === parent)).toBe(false);
      expect(after.some((outcome) => outcome.shard === low.id)).toBe(true);
      const partly = await log.read(parent, null, 1);
      expect(partly.ended).toBeNull();
      const { records, ended } = await readAll(log, parent);
      expect(records).toHaveLength(before.filter((outcome) => outcome.shard === parent).length);
      expect(ended).toEqual({ children });
      expect(after[0]?.sequence && after[0].sequence > (records.at(-1)?.sequence ?? "")).toBe(true);
    });

    it("merges two neighbours into one child of both", async () => {
      const log = await factory.open(3);
      const [a, b, c] = log.identity.roster as [ShardId, ShardId, ShardId];
      const merged = await log.merge(b, a);
      const shards = await log.shards();
      const child = shards.find((shard) => shard.id === merged) as Shard;
      expect(new Set(child.parents)).toEqual(new Set([a, b]));
      expect(child.hashRange.first).toBe(0n);
      for (const parent of [a, b]) {
        const result = await log.read(parent, null, 10);
        expect(result).toMatchObject({ records: [], atEnd: true, ended: { children: [merged] } });
      }
      const outcomes = await stored(log, entries(30));
      expect(new Set(outcomes.map((outcome) => outcome.shard))).toEqual(new Set([merged, c]));
    });

    it("refuses to split outside a shard's range, to merge strangers, and to do either to a closed shard", async () => {
      const log = await factory.open(3);
      const [a, b, c] = log.identity.roster as [ShardId, ShardId, ShardId];
      const { hashRange } = (await log.shards())[1] as Shard;
      await expect(log.split(b, hashRange.first)).rejects.toThrow();
      await expect(log.split(b, hashRange.last + 1n)).rejects.toThrow();
      await expect(log.merge(a, c)).rejects.toThrow();
      await expect(log.merge(a, a)).rejects.toThrow();
      await log.split(b, hashRange.last);
      await expect(log.split(b, hashRange.last)).rejects.toThrow();
      await expect(log.merge(a, b)).rejects.toThrow();
      expect(await log.shards()).toHaveLength(5);
    });

    it("refuses to read a shard that it does not have", async () => {
      const log = await factory.open(1);
      await expect(log.read("shardId-000000000099" as ShardId, null, 1)).rejects.toMatchObject({
        kind: "missing",
      });
    });

    it.runIf(factory.takesArrivals)(
      "trims what arrived before a time, and tells a reader that comes too late",
      async () => {
        const log = await factory.open(1);
        const [shard] = log.identity.roster as [ShardId];
        const outcomes = await stored(
          log,
          entries(10).map((entry, index) => ({ ...entry, arrivalMs: epochMs(1000 * (index + 1)) })),
        );
        expect(await log.trim(epochMs(4000))).toEqual({ deleted: 3 });
        expect(await log.trim(epochMs(4000))).toEqual({ deleted: 0 });
        const firstAvailable = outcomes[3]?.sequence;
        for (const after of [null, outcomes[1]?.sequence ?? null]) {
          const late = await log.read(shard, after, 100);
          expect(late.trimmed).toEqual({ firstAvailable });
          expect(late.records).toHaveLength(7);
        }
        expect((await log.read(shard, outcomes[2]?.sequence ?? null, 2)).trimmed).toBeNull();
        expect(await log.trim(epochMs(1_000_000))).toEqual({ deleted: 7 });
        expect(await log.read(shard, null, 100)).toEqual({
          records: [],
          atEnd: true,
          ended: null,
          trimmed: { firstAvailable: null },
        });
        await stored(log, [anEntry()]);
        expect((await log.read(shard, outcomes[9]?.sequence ?? null, 100)).records).toHaveLength(1);
      },
    );

    it("wakes who waits: at once for what came since the last wait, soon for what comes, else at the time limit", async () => {
      const log = await factory.open(1);
      await log.wait(0);
      await stored(log, [anEntry()]);
      const LONG_MS = 5000;
      let start = performance.now();
      await log.wait(LONG_MS);
      expect(performance.now() - start).toBeLessThan(LONG_MS / 2);
      start = performance.now();
      const waits = [log.wait(LONG_MS), log.wait(LONG_MS)];
      await stored(log, [anEntry()]);
      await Promise.all(waits);
      expect(performance.now() - start).toBeLessThan(LONG_MS / 2);
      start = performance.now();
      await log.wait(30);
      expect(performance.now() - start).toBeGreaterThanOrEqual(25);
    });
  });
};
