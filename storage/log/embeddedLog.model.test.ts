import { createHash } from "node:crypto";
import { epochMs, type SequenceNumber, type ShardId, sequenceNumber } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCreation, openLog, text } from "../testing/embeddedLog.js";
import { spansOf } from "../testing/spansOf.js";
import { eachOutcome } from "./outcomes.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";

interface ModelShard {
  readonly id: ShardId;
  readonly first: bigint;
  readonly last: bigint;
  children: readonly ShardId[] | null;
  records: {
    readonly sequence: SequenceNumber;
    readonly key: string;
    readonly data: string;
    readonly arrivalMs: number;
  }[];
  trimmed: number;
}

type Step =
  | {
      readonly kind: "append";
      readonly keys: readonly string[];
      readonly jitter: number;
      readonly asSpans: boolean;
    }
  | { readonly kind: "split"; readonly shard: number; readonly at: number }
  | { readonly kind: "merge"; readonly shard: number }
  | { readonly kind: "trim"; readonly back: number }
  | { readonly kind: "read"; readonly shard: number; readonly after: number; readonly limit: number }
  | { readonly kind: "reopen" };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      keys: fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("1", "__proto__", "")), {
        maxLength: 40,
      }),
      jitter: fc.integer({ min: -3000, max: 3000 }),
      asSpans: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("split" as const),
      shard: fc.nat(30),
      at: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("merge" as const), shard: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("trim" as const), back: fc.integer({ min: 0, max: 8000 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      shard: fc.nat(30),
      after: fc.nat(60),
      limit: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);

describe("the embedded log, against plain arrays", () => {
  it("answers every read as they do, through splits, merges, trims and new openings", {
    timeout: 60_000,
  }, async () => {
    const seen = {
      appended: 0,
      spans: 0,
      splits: 0,
      merges: 0,
      trimmed: 0,
      late: 0,
      ended: 0,
      limited: 0,
      reopened: 0,
      reads: 0,
    };
    const run = async (script: readonly Step[]): Promise<void> => {
      const dir = await temporaryDirectory();
      let clock = 1_700_000_000_000;
      let log = await openLog(dir, aCreation({ shards: 2 }), () => clock);
      const model: ModelShard[] = (await log.shards()).map(({ id, hashRange }) => ({
        id,
        ...hashRange,
        children: null,
        records: [],
        trimmed: 0,
      }));
      const open = (): ModelShard[] =>
        model.filter((shard) => shard.children === null).sort((a, b) => (a.first < b.first ? -1 : 1));
      const born = (id: ShardId, first: bigint, last: bigint): void => {
        model.push({ id, first, last, children: null, records: [], trimmed: 0 });
      };
      const check = async (shard: ModelShard, after: number, limit: number): Promise<void> => {
        const position = Math.min(after, shard.records.length);
        const asked = position === 0 ? null : (shard.records[position - 1]?.sequence ?? null);
        const result = await log.read(shard.id, asked, limit);
        const from = Math.max(position, shard.trimmed);
        const expected = shard.records.slice(from, from + limit);
        const atEnd = from + expected.length === shard.records.length;
        expect(
          result.records.map((record) => [
            record.sequence,
            record.partitionKey,
            text(record),
            record.arrivalMs,
          ]),
        ).toEqual(expected.map((record) => [record.sequence, record.key, record.data, record.arrivalMs]));
        expect(result.atEnd).toBe(atEnd);
        expect(result.ended).toEqual(atEnd && shard.children ? { children: shard.children } : null);
        const late = position < shard.trimmed;
        expect(result.trimmed).toEqual(
          late ? { firstAvailable: shard.records[shard.trimmed]?.sequence ?? null } : null,
        );
        seen.reads += 1;
        if (late) seen.late += 1;
        if (result.ended) seen.ended += 1;
        if (!atEnd) seen.limited += 1;
      };
      for (const step of script) {
        clock += 700;
        const shard = model["shard" in step ? step.shard % model.length : 0] as ModelShard;
        switch (step.kind) {
          case "append": {
            const batch = step.keys.map((partitionKey, index) => ({
              partitionKey,
              data: Buffer.from(`${clock} ${index}`),
              ...((step.asSpans ? step.jitter < 0 : index % 3 === 0)
                ? {}
                : { arrivalMs: epochMs(clock + step.jitter * index) }),
            }));
            const outcomes = step.asSpans
              ? eachOutcome(await log.appendSpans(spansOf(batch)))
              : await log.append(batch);
            if (step.asSpans) seen.spans += batch.length;
            outcomes.forEach((outcome, index) => {
              if (outcome.kind !== "stored") throw new Error("throttled");
              const entry = batch[index] as (typeof batch)[number];
              const hash = BigInt(`0x${createHash("md5").update(entry.partitionKey).digest("hex")}`);
              const holder = open().find(({ first, last }) => first <= hash && hash <= last) as ModelShard;
              expect(outcome.shard).toBe(holder.id);
              holder.records.push({
                sequence: outcome.sequence,
                key: entry.partitionKey,
                data: entry.data.toString(),
                arrivalMs: "arrivalMs" in entry ? Number(entry.arrivalMs) : clock,
              });
              seen.appended += 1;
            });
            break;
          }
          case "split": {
            const at = shard.first + ((shard.last - shard.first) * BigInt(step.at)) / 10n;
            if (shard.children || at <= shard.first) {
              await expect(log.split(shard.id, at)).rejects.toThrow();
              break;
            }
            const [low, high] = await log.split(shard.id, at);
            shard.children = [low, high];
            born(low, shard.first, at - 1n);
            born(high, at, shard.last);
            seen.splits += 1;
            break;
          }
          case "merge": {
            const next = open().find((other) => other.first === shard.last + 1n);
            if (shard.children || !next) break;
            const child = await log.merge(shard.id, next.id);
            shard.children = [child];
            next.children = [child];
            born(child, shard.first, next.last);
            seen.merges += 1;
            break;
          }
          case "trim": {
            const before = clock - step.back;
            let expected = 0;
            for (const each of model) {
              while ((each.records[each.trimmed]?.arrivalMs ?? Infinity) < before) {
                each.trimmed += 1;
                expected += 1;
              }
            }
            expect(await log.trim(epochMs(before))).toEqual({ deleted: expected });
            seen.trimmed += expected;
            break;
          }
          case "read":
            await check(shard, step.after, step.limit);
            break;
          case "reopen":
            await log.close();
            log = await openLog(dir, undefined, () => clock);
            seen.reopened += 1;
            break;
        }
      }
      for (const shard of model) await check(shard, 0, 10_000);
      await log.close();
    };
    const seed = 31415;
    await fc.assert(fc.asyncProperty(fc.array(steps, { minLength: 40, maxLength: 80 }), run), {
      seed,
      numRuns: 25,
    });
    for (const [what, count] of Object.entries(seen))
      expect(count, `${what} with seed ${seed}`).toBeGreaterThan(20);
  });

  it("reads as it was appended when a limit falls inside, at and beyond the blocks' edges", async () => {
    const log = await openLog(await temporaryDirectory(), aCreation({ shards: 1 }));
    const [shard] = log.identity.roster as [ShardId];
    const COUNT = 3000;
    await log.append(
      Array.from({ length: COUNT }, (_, index) => ({ partitionKey: "k", data: Buffer.from(`${index}`) })),
    );
    for (const limit of [1, 1023, 1024, 1025, 2048, COUNT, COUNT + 1]) {
      for (const after of [0, 1, 1023, 1024, 1025, 2999]) {
        const result = await log.read(shard, after === 0 ? null : sequenceNumber(after), limit);
        expect(result.records.map(text)).toEqual(
          Array.from({ length: Math.min(limit, COUNT - after) }, (_, index) => `${after + index}`),
        );
        expect(result.atEnd).toBe(after + limit >= COUNT);
      }
    }
  });
});
