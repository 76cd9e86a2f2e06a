import { epochMs, sequenceNumber } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StorageError } from "../../errors.js";
import { encodeAggregate } from "@freshet/kpl";
import { createRecordBatch, type RecordBatch } from "../recordBatch.js";
import { heartbeatRecord } from "../recordFormat.js";
import { readGetRecords } from "./getRecords.js";
import type { RecordsPage } from "./page.js";
import { readDirectly } from "./readDirectly.js";
import { readPlainly } from "./readPlainly.js";

const batches = {
  direct: createRecordBatch({ digest: "always" }),
  plain: createRecordBatch({ digest: "always" }),
};

const eventsOf = ({ bytes, starts, ends, count, recordOf, subsequences }: RecordBatch) =>
  Array.from({ length: count }, (_, index) => [
    recordOf[index],
    subsequences[index],
    bytes.toString("latin1", starts[index], ends[index]),
  ]);

const pageOf = ({ arrivalsMs, sequence, partitionKey, ...rest }: RecordsPage) => ({
  arrivalsMs,
  sequences: arrivalsMs.map((_, record) => sequence(record)),
  partitionKeys: arrivalsMs.map((_, record) => partitionKey(record)),
  ...rest,
});

interface Read {
  readonly page: ReturnType<typeof pageOf>;
  readonly events: ReturnType<typeof eventsOf>;
}

const plainly = (body: Buffer): Read | StorageError => {
  batches.plain.clear();
  try {
    return { page: pageOf(readPlainly(body, batches.plain)), events: eventsOf(batches.plain) };
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
};

const seen = { direct: 0, fellBack: 0, refused: 0 };

/** Reads both ways, and returns what they agree on. */
const readBothWays = (text: string | Uint8Array): Read | null => {
  const body = Buffer.from(text as string);
  const expected = plainly(body);
  batches.direct.clear();
  const page = readDirectly(body, batches.direct);
  if (page) {
    seen.direct++;
    expect({ page: pageOf(page), events: eventsOf(batches.direct) }).toEqual(expected);
  }
  const batch = batches.direct;
  if (expected instanceof StorageError) {
    expect(page).toBeNull();
    seen.refused++;
    expect(() => readGetRecords(body, batch)).toThrow(expected.message);
    expect([batch.count, batch.recordCount]).toEqual([0, 0]);
    return null;
  }
  if (!page) seen.fellBack++;
  expect({ page: pageOf(readGetRecords(body, batch)), events: eventsOf(batch) }).toEqual(expected);
  return expected;
};

const isDirect = (text: string): boolean => {
  const before = seen.direct;
  readBothWays(text);
  return seen.direct > before;
};

const SEQUENCE = "49680422026326399252482104051705726079948583596772556802";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const aRecord = (over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  SequenceNumber: SEQUENCE,
  ApproximateArrivalTimestamp: 1_732_191_234.567,
  Data: base64("hello"),
  PartitionKey: "p",
  ...over,
});

const aResponse = (records: readonly unknown[], over: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ Records: records, NextShardIterator: "AAAA/+==", MillisBehindLatest: 0, ...over });

describe("a GetRecords response", () => {
  it("gives its records, with what stands beside them", () => {
    const aggregate = encodeAggregate([
      { partitionKey: "x", data: Buffer.from("one") },
      { partitionKey: "y", data: Buffer.from("two") },
    ]);
    const text = aResponse([
      aRecord(),
      aRecord({ Data: Buffer.from(heartbeatRecord()).toString("base64"), SequenceNumber: "7" }),
      aRecord({ Data: Buffer.from(aggregate).toString("base64"), PartitionKey: "a", EncryptionType: "KMS" }),
      aRecord({ Data: "" }),
    ]);
    expect(isDirect(text)).toBe(true);
    const read = readBothWays(text);
    expect(read?.events).toEqual([
      [0, 0, "hello"],
      [2, 0, "one"],
      [2, 1, "two"],
      [3, 0, ""],
    ]);
    expect(read?.page).toEqual({
      sequences: [SEQUENCE, "7", SEQUENCE, SEQUENCE].map(sequenceNumber),
      arrivalsMs: Array.from({ length: 4 }, () => epochMs(1_732_191_234_567)),
      partitionKeys: ["p", "p", "a", "p"],
      nextShardIterator: "AAAA/+==",
      millisBehindLatest: 0,
      children: [],
    });
  });

  it("names the children at a shard's end", () => {
    const ChildShards = [
      {
        ShardId: "shardId-000000000001",
        ParentShards: ["shardId-000000000000"],
        HashKeyRange: { StartingHashKey: "0", EndingHashKey: "340282366920938463463374607431768211455" },
      },
    ];
    const text = JSON.stringify({ ChildShards, MillisBehindLatest: 5, Records: [] });
    expect(isDirect(text)).toBe(true);
    expect(readBothWays(text)?.page).toEqual({
      sequences: [],
      arrivalsMs: [],
      partitionKeys: [],
      nextShardIterator: null,
      millisBehindLatest: 5,
      children: [
        {
          id: "shardId-000000000001",
          parents: ["shardId-000000000000"],
          hashRange: { first: 0n, last: 2n ** 128n - 1n },
        },
      ],
    });
  });

  it("may write its time as Java does, with an exponent, or as ISO 8601", () => {
    const times = [
      "1.732191234567E9",
      "1732191234.567",
      "1732191234",
      '"2024-11-21T12:13:54.567Z"',
      "0",
      "0.0004",
    ];
    const text = `{"Records":[${times
      .map((time) => `{"ApproximateArrivalTimestamp":${time},"Data":"","SequenceNumber":"1"}`)
      .join()}]}`;
    expect(isDirect(text)).toBe(true);
    expect(readBothWays(text)?.page.arrivalsMs).toEqual([
      1_732_191_234_567, 1_732_191_234_567, 1_732_191_234_000, 1_732_191_234_567, 0, 0,
    ]);
  });

  it("is read directly in any order, spaced anyhow, with fields nobody knows", () => {
    const record = ` { "New" : { "Data" : ["]}", "\\"", -1.5e3, null ] } , "PartitionKey":"a\\"Data\\":\\"", "Data" : "aGk=" ,
      "ApproximateArrivalTimestamp" : 1e9, "EncryptionType":"KMS","SequenceNumber":"12" } `;
    const text = ` {"Data":"not data","x":[{"Records":[1]}],"Records" : [${record},${record}] , "y":"Records" }\r\n\t`;
    expect(isDirect(text)).toBe(true);
    const read = readBothWays(text);
    expect(read?.events.map(([, , event]) => event)).toEqual(["hi", "hi"]);
    expect(read?.page.partitionKeys).toEqual(['a"Data":"', 'a"Data":"']);
  });

  it("has partition keys of any text", () => {
    const keys = ['","Data":"AAAA', "\\", '\\"', "ключ", "😀", "\ud83d", "\u0000\u007f", "__proto__", ""];
    const text = aResponse(keys.map((PartitionKey) => aRecord({ PartitionKey })));
    expect(isDirect(text)).toBe(true);
    expect(readBothWays(text)?.page.partitionKeys).toEqual(keys);
  });

  it("may lack a partition key", () => {
    expect(readBothWays(aResponse([aRecord({ PartitionKey: null })]))?.page.partitionKeys).toEqual([null]);
    const { PartitionKey: _, ...without } = aRecord();
    expect(isDirect(aResponse([without]))).toBe(true);
    expect(readBothWays(aResponse([without]))?.page.partitionKeys).toEqual([null]);
  });

  it("may write its keys with escapes", () => {
    const text = `{"Records":[{"Da\\u0074a":"aGk=","SequenceNumber":"1","ApproximateArrivalTimestamp":1}]}`;
    expect(isDirect(text)).toBe(true);
  });

  it("falls back where it is JSON all the same", () => {
    const strange = [
      `{"Records":[{"Data":"AA==","Data":"aGk=","SequenceNumber":"1","ApproximateArrivalTimestamp":1}]}`,
      `{"Records":[{"Data":"\\u0061Gk=","SequenceNumber":"1","ApproximateArrivalTimestamp":1}]}`,
      `{"Records":[{"Data":"\\/\\/\\/\\/","SequenceNumber":"1","ApproximateArrivalTimestamp":1}]}`,
      `{"Records":[7],"Records":[]}`,
    ];
    for (const text of strange) {
      expect(isDirect(text)).toBe(false);
      expect(readBothWays(text)).not.toBeNull();
    }
  });

  it("is refused, with the record's name, where data are not base64", () => {
    const wrong = [
      "a",
      "ab",
      "abc",
      "ab=c",
      "====",
      "a===",
      "=",
      "ab c",
      "abcd\n",
      "ab-_",
      "ab\\u0000c",
      "abcé",
      "aGk=aGk=",
    ];
    for (const data of [...wrong, "abcdefg!", "QUJD=QUI", " aGk", "aG k"]) {
      const text = aResponse([aRecord(), aRecord({ Data: data })]);
      expect(readBothWays(text)).toBeNull();
      expect(() => readGetRecords(Buffer.from(text), batches.direct)).toThrow(
        `the data of record 1 (sequence ${SEQUENCE}) are not base64; ask for the records again`,
      );
    }
  });

  it("is refused where it is something else", () => {
    const record = (over: Readonly<Record<string, unknown>>): string => aResponse([aRecord(over)]);
    const others = [
      "",
      "null",
      "[]",
      "{}",
      '"text"',
      "<html>",
      '{"Records":{}}',
      '{"Records":[null]}',
      '{"Records":[[]]}',
      '{"Records":[{}]}',
      '{"__type":"ExpiredIteratorException"}',
      `\ufeff${aResponse([])}`,
      `${aResponse([])}x`,
      `${aResponse([])}{}`,
      record({ SequenceNumber: 7 }),
      record({ SequenceNumber: "" }),
      record({ SequenceNumber: "-1" }),
      record({ SequenceNumber: "9".repeat(57) }),
      record({ ApproximateArrivalTimestamp: null }),
      record({ ApproximateArrivalTimestamp: -1 }),
      record({ ApproximateArrivalTimestamp: 1e300 }),
      record({ ApproximateArrivalTimestamp: "yesterday" }),
      record({ ApproximateArrivalTimestamp: {} }),
      record({ PartitionKey: 5 }),
      record({ Data: null }),
      record({ Data: ["aGk="] }),
      aResponse([], { NextShardIterator: 5 }),
      aResponse([], { MillisBehindLatest: "5" }),
      aResponse([], { ChildShards: {} }),
      aResponse([], { ChildShards: [{ ShardId: "s" }] }),
      '{"Records":[],}',
      '{"Records":[],"x":01}',
      '{"Records":[],"x":[}',
      '{"Records":[],"x":"\u0001"}',
      '{"Records":[],"x":"\\q"}',
      '{"Records":[],"x":nul}',
      '{"Records":[] "x":1}',
      "{'Records':[]}",
      '{"Records":[,]}',
    ];
    for (const text of others) expect(readBothWays(text), text).toBeNull();
  });

  it("is refused wherever it is cut off", () => {
    const text = Buffer.from(
      aResponse([aRecord(), aRecord({ PartitionKey: 'ключ"\\' })], { ChildShards: [] }),
    );
    for (let length = 0; length < text.length; length++) {
      expect(readBothWays(text.subarray(0, length))).toBeNull();
    }
    expect(readBothWays(text)).not.toBeNull();
  });

  it("does not overflow on nesting", () => {
    const depth = 100_000;
    const text = `{"Records":[],"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(isDirect(text)).toBe(true);
  });
});

describe("any body", () => {
  const decoys = [
    '"Data":"',
    '","Data":"AAAA","x":"',
    "\\u0022",
    "\\",
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"Records":[',
    "aGk=",
    "null",
    " ",
    "\n",
    "1e9",
    '"SequenceNumber":"5"',
    "\u00e9",
    "\ud83d",
    "=",
    "-",
    "_",
    '{"Data":"aGk="}',
  ];
  const decoy = fc.array(fc.constantFrom(...decoys), { maxLength: 4 }).map((parts) => parts.join(""));
  const anyText = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), decoy);
  const record = fc
    .record(
      {
        Data: fc.oneof(
          {
            weight: 20,
            arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("base64")),
          },
          { weight: 1, arbitrary: anyText },
        ),
        SequenceNumber: fc.bigInt({ min: 0n, max: 10n ** 56n - 1n }).map(String),
        ApproximateArrivalTimestamp: fc.oneof(
          fc.integer({ min: 0, max: 2 ** 31 }),
          fc.double({ min: 0, max: 1e10, noNaN: true }),
        ),
        PartitionKey: anyText,
        EncryptionType: fc.constant("KMS"),
        Extra: fc.jsonValue(),
      },
      { requiredKeys: ["Data", "SequenceNumber", "ApproximateArrivalTimestamp"] },
    )
    .chain((fields) => fc.shuffledSubarray(Object.entries(fields), { minLength: Object.keys(fields).length }))
    .map((entries) => Object.fromEntries(entries));
  const writers = [
    (fields: unknown) => JSON.stringify(fields),
    (fields: unknown) => JSON.stringify(fields, null, "\t"),
    (fields: unknown) => JSON.stringify(fields).replaceAll("/", "\\/"),
  ];
  const response = fc
    .record(
      {
        Records: fc.array(record, { maxLength: 6 }),
        NextShardIterator: fc.base64String(),
        MillisBehindLatest: fc.nat(),
        Extra: fc.jsonValue(),
      },
      { requiredKeys: ["Records"] },
    )
    .chain((fields) => fc.constantFrom(...writers).map((write) => write(fields)));

  it("is read directly as it is plainly, or not at all, however it has been changed", () => {
    const RUNS = 4_000;
    const before = { ...seen };
    const change = fc.record({ at: fc.nat(9_999), drop: fc.nat(5), put: decoy });
    fc.assert(
      fc.property(response, fc.array(change, { maxLength: 2 }), (text, changes) => {
        const changed = changes.reduce((all, { at, drop, put }) => {
          const start = Math.floor((at / 10_000) * all.length);
          return all.slice(0, start) + put + all.slice(start + drop);
        }, text);
        readBothWays(changed);
      }),
      { numRuns: RUNS },
    );
    expect(seen.direct - before.direct).toBeGreaterThan(RUNS / 4);
    expect(seen.refused - before.refused).toBeGreaterThan(RUNS / 10);
    expect(seen.fellBack - before.fellBack).toBeGreaterThan(RUNS / 100);
  });

  it("may be no UTF-8", () => {
    const text = Buffer.from(aResponse([aRecord({ PartitionKey: "0123456789" })], { x: "0123456789" }));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, bytes) => {
        const body = Buffer.from(text);
        body.set(bytes.subarray(0, text.length - at), at);
        readBothWays(body);
      }),
      { numRuns: 2_000 },
    );
  });
});
