import { describe, expect, it } from "vitest";
import { encodeAggregate } from "@freshet/kpl";
import { readEverywhere } from "./fixtures/everyReader.js";
import {
  bytesField,
  DATA,
  EXPLICIT_HASH_KEY_INDEX,
  FRAME_BYTES,
  framed,
  goldenRecords,
  joined,
  longVarint,
  MAGIC,
  member,
  MEMBER,
  numberField,
  PARTITION_KEY,
  PARTITION_KEY_INDEX,
  TAG,
  TAG_KEY,
  TAG_VALUE,
  varint,
} from "@freshet/kpl/testing";

const FIELD_OF_THE_FUTURE = 9 * 8;
const [VARINT, FIXED_64, BYTES, GROUP, GROUP_END, FIXED_32] = [0, 1, 2, 3, 4, 5].map(
  (wireType) => FIELD_OF_THE_FUTURE + wireType,
) as [number, number, number, number, number, number];

const unknownFields: readonly Uint8Array[] = [
  numberField(VARINT, 2 ** 40),
  joined(varint(FIXED_64), new Uint8Array(8).fill(0xff)),
  bytesField(BYTES, "unknown"),
  joined(varint(GROUP), member("not a member"), joined(varint(GROUP), varint(GROUP_END)), varint(GROUP_END)),
  joined(varint(FIXED_32), new Uint8Array(4).fill(0x1a)),
  numberField(PARTITION_KEY - 2, 3), // the key table's number, but as a varint
];

const key = bytesField(PARTITION_KEY, "the key");
const index = numberField(PARTITION_KEY_INDEX, 0);
const texts = (record: Uint8Array): readonly string[] | undefined =>
  readEverywhere(record)?.map(({ data }) => Buffer.from(data).toString());

const anAggregate = (count: number, salt = ""): Buffer =>
  Buffer.from(
    encodeAggregate(
      Array.from({ length: count }, (_, index) => ({
        partitionKey: "k",
        data: Buffer.from(`${salt} event ${index}`),
      })),
    ),
  );

describe("a KPL aggregate", () => {
  it("is read past fields that this reader does not know, wherever they stand", () => {
    for (const unknown of unknownFields) {
      const inside = bytesField(MEMBER, joined(unknown, index, unknown, bytesField(DATA, "b"), unknown));
      const tag = bytesField(TAG, joined(unknown, bytesField(TAG_KEY, "t"), unknown));
      const tagged = bytesField(MEMBER, joined(index, tag, bytesField(DATA, "c")));
      const record = framed(unknown, key, unknown, member("a"), unknown, inside, tagged, unknown);
      expect(texts(record)).toEqual(["a", "b", "c"]);
    }
  });

  it("may hold its tables behind its members, and numbers longer than need be", () => {
    const data = joined(varint(DATA), longVarint(3, 10), Buffer.from("abc"));
    const long = joined(longVarint(PARTITION_KEY_INDEX, 3), longVarint(0, 9), data);
    const record = framed(joined(longVarint(MEMBER, 2), longVarint(long.length, 4), long), member("d"), key);
    expect(readEverywhere(record)?.map(({ partitionKey }) => partitionKey)).toEqual(["the key", "the key"]);
    expect(texts(record)).toEqual(["abc", "d"]);
  });

  it("keeps the last of fields that are given twice", () => {
    const twice = joined(
      bytesField(DATA, "first"),
      numberField(PARTITION_KEY_INDEX, 7),
      index,
      bytesField(DATA, "last"),
    );
    const members = readEverywhere(framed(key, bytesField(MEMBER, twice)));
    expect(members?.map(({ partitionKey, data }) => [partitionKey, String(data)])).toEqual([
      ["the key", "last"],
    ]);
  });

  it("has tags, with and without a value", () => {
    const tags = joined(
      bytesField(TAG, joined(bytesField(TAG_KEY, "k"), bytesField(TAG_VALUE, "v"))),
      bytesField(TAG, bytesField(TAG_KEY, "ключ")),
    );
    const members = readEverywhere(
      framed(key, bytesField(MEMBER, joined(index, bytesField(DATA, "x"), tags)), member("y")),
    );
    expect(members?.map((each) => each.tags)).toEqual([
      [
        { key: "k", value: "v" },
        { key: "ключ", value: null },
      ],
      [],
    ]);
  });

  it("delivers a member whose key is missing from the tables", () => {
    const hashKey = numberField(EXPLICIT_HASH_KEY_INDEX, 5);
    const pointing = bytesField(
      MEMBER,
      joined(numberField(PARTITION_KEY_INDEX, 2 ** 52), hashKey, bytesField(DATA, "b")),
    );
    const members = readEverywhere(framed(key, member("a", 1), pointing));
    expect(
      members?.map(({ partitionKey, explicitHashKey, data }) => [
        partitionKey,
        explicitHashKey,
        String(data),
      ]),
    ).toEqual([
      [null, null, "a"],
      [null, null, "b"],
    ]);
  });

  it("may be empty: a record without events", () => {
    expect(readEverywhere(framed())).toEqual([]);
    expect(readEverywhere(framed(key))).toEqual([]);
    expect(readEverywhere(framed(), "never")).toEqual([]);
  });

  it("holds events without a byte", () => {
    expect(texts(framed(key, member(""), member("x"), member("")))).toEqual(["", "x", ""]);
  });
});

describe("what only begins like a KPL aggregate is one event", () => {
  it("when a member lacks its key or its data, or a tag its key", () => {
    const broken = [
      joined(bytesField(DATA, "x")),
      joined(index),
      new Uint8Array(0),
      joined(index, bytesField(DATA, "x"), bytesField(TAG, bytesField(TAG_VALUE, "v"))),
      joined(index, bytesField(TAG, ""), bytesField(DATA, "x")),
    ];
    for (const each of broken) {
      expect(readEverywhere(framed(key, member("a"), bytesField(MEMBER, each)))).toBeNull();
    }
  });

  it("when its bytes are no protobuf", () => {
    const broken = [
      varint(GROUP_END),
      joined(varint(GROUP), varint(GROUP_END + 8)),
      varint(GROUP),
      joined(
        ...Array.from({ length: 101 }, () => varint(GROUP)),
        ...Array.from({ length: 101 }, () => varint(GROUP_END)),
      ),
      Uint8Array.of(6),
      Uint8Array.of(7),
      Uint8Array.of(0, 0),
      joined(varint(VARINT), longVarint(1, 11)),
      joined(longVarint(VARINT, 6), varint(0)),
      joined(varint(BYTES), longVarint(2 ** 63, 10)),
      Uint8Array.of(MEMBER),
      Uint8Array.of(MEMBER, 1),
      Uint8Array.of(MEMBER, 0x80),
      joined(varint(FIXED_64), new Uint8Array(7)),
      joined(varint(FIXED_32), new Uint8Array(3)),
    ];
    for (const each of broken) {
      expect(readEverywhere(framed(key, member("a"), each))).toBeNull();
      expect(readEverywhere(framed(key, member("a"), each), "never")).toBeNull();
    }
  });

  it("when its structure breaks half-way, though nobody compares its digest: all or nothing", () => {
    const aggregate = anAggregate(20);
    const data = aggregate.indexOf(" event 10");
    expect(aggregate[data - 5]).toBe(13); // the member's length
    aggregate[data - 5] = 12;
    expect(readEverywhere(aggregate, "never")).toBeNull();
  });

  it("when it is cut off at any byte", () => {
    for (const { data, aggregated } of goldenRecords()) {
      if (!aggregated || data.length > 1_000) continue;
      for (let length = 0; length < data.length; length++) {
        expect(readEverywhere(data.subarray(0, length))).toBeNull();
      }
    }
  });

  it("when it is too short, or holds only the magic and what is not its digest, whatever the policy", () => {
    for (let length = 0; length < FRAME_BYTES; length++) {
      expect(readEverywhere(joined(MAGIC, new Uint8Array(16)).subarray(0, length), "never")).toBeNull();
    }
    expect(readEverywhere(joined(MAGIC, Buffer.from("sixteen bytes!!!")), "never")).toBeNull();
    expect(readEverywhere(joined(MAGIC, key, Buffer.from("sixteen bytes!!!")), "never")).toBeNull();
  });
});

describe("the digest", () => {
  it("is always compared by default, sampled by the record itself, or never", () => {
    let sampled = 0;
    const COUNT = 2_000;
    for (let salt = 0; salt < COUNT; salt++) {
      const aggregate = anAggregate(2, String(salt));
      const right = readEverywhere(aggregate);
      expect(right?.length).toBe(2);
      aggregate[aggregate.indexOf("event") + 1] = 0x58;
      expect(readEverywhere(aggregate)).toBeNull();
      expect(readEverywhere(aggregate, "never")?.length).toBe(2);
      const first = readEverywhere(aggregate, "sampled");
      expect(readEverywhere(aggregate, "sampled")).toEqual(first);
      if (first === null) sampled++;
    }
    expect(sampled).toBeGreaterThan(COUNT / 32);
    expect(sampled).toBeLessThan(COUNT / 8);
  });

  it("tells of any bit of a digest that is not as it was", () => {
    for (let bit = 0; bit < 128; bit++) {
      const aggregate = anAggregate(2);
      const at = aggregate.length - 16 + (bit >> 3);
      aggregate[at] = (aggregate[at] as number) ^ (1 << (bit & 7));
      expect(readEverywhere(aggregate)).toBeNull();
    }
  });
});
