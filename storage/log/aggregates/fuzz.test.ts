import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeAggregate } from "@freshet/kpl";
import {
  anyUserRecord,
  createWireReader,
  DATA,
  DIGEST_BYTES,
  EXPLICIT_HASH_KEY,
  EXPLICIT_HASH_KEY_INDEX,
  framed,
  goldenRecords,
  MAGIC,
  MEMBER,
  PARTITION_KEY,
  PARTITION_KEY_INDEX,
  TAG,
  TAG_KEY,
  TAG_VALUE,
  varint,
} from "@freshet/kpl/testing";
import { bytesAsText, readEverywhere } from "./fixtures/everyReader.js";

const RUNS = 6_000;
const SEED_BYTES_MAX = 4_000;

/** protobufjs, as aws-kinesis-agg uses it. */
interface TheirDecoder {
  decode(message: Uint8Array): { readonly records: readonly { readonly data: Uint8Array }[] };
}
const theirDecoder: TheirDecoder = createRequire(import.meta.url)(
  "aws-kinesis-agg/lib/common.js",
).AggregatedRecord;

const theirData = (message: Uint8Array): readonly string[] | null => {
  try {
    return theirDecoder.decode(message).records.map(({ data }) => bytesAsText(data));
  } catch {
    return null;
  }
};

interface Level {
  readonly known: readonly number[];
  readonly nested?: { readonly tag: number; readonly level: Level };
}
const TAGS: Level = { known: [TAG_KEY, TAG_VALUE] };
const MEMBERS: Level = {
  known: [PARTITION_KEY_INDEX, EXPLICIT_HASH_KEY_INDEX, DATA, TAG],
  nested: { tag: TAG, level: TAGS },
};
const AGGREGATE: Level = {
  known: [PARTITION_KEY, EXPLICIT_HASH_KEY, MEMBER],
  nested: { tag: MEMBER, level: MEMBERS },
};

/** protobufjs takes a field by its number whatever its wire type, where protobuf says that it is an unknown one. */
const misleadsThem = (message: Uint8Array, { known, nested }: Level = AGGREGATE): boolean => {
  const wire = createWireReader(message);
  while (wire.at < message.length) {
    const tag = wire.tag(message.length);
    if (!known.includes(tag) && known.some((each) => tag >> 3 === each >> 3)) return true;
    if (tag !== nested?.tag) wire.skip(tag, message.length);
    else {
      const length = wire.length(message.length);
      wire.at += length;
      if (misleadsThem(message.subarray(wire.at - length, wire.at), nested.level)) return true;
    }
  }
  return false;
};

const messageOf = (aggregate: Uint8Array): Uint8Array => aggregate.subarray(MAGIC.length, -DIGEST_BYTES);

const seeds: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constantFrom(
    ...goldenRecords()
      .filter(({ aggregated, data }) => aggregated && data.length < SEED_BYTES_MAX)
      .map(({ data }) => messageOf(data)),
  ),
  fc.array(anyUserRecord, { maxLength: 12 }).map((records) => messageOf(encodeAggregate(records))),
);

type Mutation = (message: Uint8Array) => Uint8Array;

/** Where to, as a part of the whole: so that it shrinks and fits any message. */
const place = fc.integer({ min: 0, max: 9_999 });
const at = (message: Uint8Array, part: number): number => Math.floor((part / 10_000) * (message.length + 1));

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(
    ([part, bit]): Mutation =>
      (message) => {
        const copy = Buffer.from(message);
        const index = at(message, part);
        if (index < copy.length) copy[index] = (copy[index] as number) ^ (1 << bit);
        return copy;
      },
  ),
  fc.tuple(place, fc.integer({ min: -3, max: 3 })).map(
    ([part, change]): Mutation =>
      (message) => {
        const copy = Buffer.from(message);
        const index = at(message, part);
        if (index < copy.length) copy[index] = (copy[index] as number) + change;
        return copy;
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 12 })).map(
    ([part, count]): Mutation =>
      (message) => {
        const start = at(message, part);
        return Buffer.concat([message.subarray(0, start), message.subarray(start + count)]);
      },
  ),
  fc
    .tuple(
      place,
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 6 }),
        fc.constantFrom(0x0a, 0x12, 0x1a, 0x08, 0x10, 0x22, 0x80, 0xff).map((byte) => Uint8Array.of(byte)),
        fc.integer({ min: 0, max: 2 ** 31 }).map(varint),
        fc.constant(new Uint8Array(10).fill(0xff)),
      ),
    )
    .map(
      ([part, bytes]): Mutation =>
        (message) => {
          const start = at(message, part);
          return Buffer.concat([message.subarray(0, start), bytes, message.subarray(start)]);
        },
    ),
  fc.tuple(place, place, place).map(
    ([from, to, into]): Mutation =>
      (message) => {
        const [start, end] = [at(message, from), at(message, to)].toSorted((a, b) => a - b);
        const index = at(message, into);
        return Buffer.concat([
          message.subarray(0, index),
          message.subarray(start, end),
          message.subarray(index),
        ]);
      },
  ),
);

describe("records that are nearly KPL aggregates", () => {
  it("C17, T3: are read alike by the fast walk, the clear reader and protobufjs, or are one event to all of them", () => {
    const seen = { aggregates: 0, rejected: 0, compared: 0 };
    fc.assert(
      fc.property(seeds, fc.array(mutations, { maxLength: 4 }), fc.boolean(), (seed, changes, right) => {
        const message = changes.reduce((before, mutate) => mutate(before), seed);
        const record = right
          ? framed(message)
          : Buffer.concat([framed(seed).subarray(0, 4), message, framed(seed).subarray(-16)]);
        const members = readEverywhere(record, right ? "always" : "never");
        readEverywhere(record, "sampled");
        if (members === null) seen.rejected++;
        else seen.aggregates++;
        const theirs = members === null ? null : theirData(message);
        if (theirs === null || members === null || misleadsThem(message)) return;
        seen.compared++;
        expect(
          members.map(({ data }) => bytesAsText(data)),
          Buffer.from(message).toString("hex"),
        ).toEqual(theirs);
      }),
      { numRuns: RUNS },
    );
    expect(seen.aggregates).toBeGreaterThan(RUNS / 20);
    expect(seen.rejected).toBeGreaterThan(RUNS / 20);
    expect(seen.compared).toBeGreaterThan(RUNS / 20);
  });

  it("are never taken for aggregates by bytes at random", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readEverywhere(Buffer.concat([MAGIC, bytes]))).toBeNull();
        readEverywhere(bytes.length > 0 && bytes[0] === 0 ? bytes.subarray(1) : bytes, "never");
      }),
      { numRuns: 1_000 },
    );
  });
});
