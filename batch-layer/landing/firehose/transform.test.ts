import { sequenceNumber, shardId } from "@freshet/model";
import { heartbeatRecord } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import type { FirehoseOutcome, FirehoseRecord } from "./event.js";
import { decodeLine, type DeliveredLine } from "./line.js";
import { transformDelivery } from "./transform.js";

const STREAM = "arn:aws:kinesis:eu-central-1:111122223333:stream/events";
const ARRIVAL_MS = 1_774_728_000_123;
const SEQUENCE = 49590338271490256608559692538361571095921575989136588898n;

const aRecord = (
  data: Uint8Array,
  position: Partial<NonNullable<FirehoseRecord["kinesisRecordMetadata"]>> = {},
  recordId = "49546986683135544286507457936321625675700192471156785154",
): FirehoseRecord => ({
  recordId,
  data: Buffer.from(data).toString("base64"),
  kinesisRecordMetadata: {
    shardId: "shardId-000000000003",
    sequenceNumber: String(SEQUENCE),
    approximateArrivalTimestamp: ARRIVAL_MS,
    ...position,
  },
});
const transformed = (...records: readonly FirehoseRecord[]): readonly FirehoseOutcome[] =>
  transformDelivery({ sourceKinesisStreamArn: STREAM, records }).records;
const lineOf = (outcome: FirehoseOutcome | undefined): DeliveredLine | null => {
  if (outcome?.result !== "Ok") return null;
  const text = Buffer.from(outcome.data, "base64").toString("utf8");
  expect(text.indexOf("\n")).toBe(text.length - 1);
  return decodeLine(text.trimEnd());
};

describe("the transform of a Firehose", () => {
  it("L5, L3: writes a record's position beside it, as one line", () => {
    const data = Buffer.from('{"type":"visit","page":"é\\n"}\n');
    const [outcome] = transformed(aRecord(data, { subsequenceNumber: 7 }));
    expect(lineOf(outcome)).toEqual({
      stream: STREAM,
      shard: shardId("shardId-000000000003"),
      sequence: sequenceNumber(SEQUENCE),
      subsequence: 7,
      arrivalMs: ARRIVAL_MS,
      data,
    });
  });

  it("L2: takes a subsequence that is empty, absent, a text or a number", () => {
    const given = ["", undefined, 0, "0", "12", 12];
    const positions = given.map((one) => (one === undefined ? {} : { subsequenceNumber: one }));
    const lines = transformed(...positions.map((position) => aRecord(Buffer.from("{}"), position))).map(
      lineOf,
    );
    expect(lines.map((line) => line?.subsequence)).toEqual([0, 0, 0, 0, 12, 12]);
  });

  it("keeps bytes that are no text, to the last", () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    for (const data of [every, heartbeatRecord(), Buffer.from([0x7b, 0xff]), Buffer.alloc(0)]) {
      const line = lineOf(transformed(aRecord(data))[0]);
      expect(Buffer.from(line?.data ?? "none")).toEqual(Buffer.from(data));
    }
  });

  it("L8: answers every record once, in at most 6 MB, and fails what has no room or no position", () => {
    const body = Buffer.alloc(400_000, "é");
    const records = Array.from({ length: 20 }, (_, index) => aRecord(body, {}, `id ${index}`));
    const { kinesisRecordMetadata: _, ...direct } = aRecord(Buffer.from("{}"), {}, "direct");
    const outcomes = transformed(...records, direct);
    expect(outcomes.map(({ recordId }) => recordId)).toEqual(
      [...records, direct].map(({ recordId }) => recordId),
    );
    expect(Buffer.byteLength(JSON.stringify({ records: outcomes }))).toBeLessThan(6_000_000);
    expect(outcomes.filter(({ result }) => result === "Ok").length).toBeGreaterThan(8);
    expect(outcomes.filter(({ result }) => result === "ProcessingFailed").length).toBeGreaterThan(5);
    expect(outcomes.at(-1)).toEqual({ recordId: "direct", result: "ProcessingFailed" });
  });

  it("L9: fails a record that no answer has room for", () => {
    expect(transformed(aRecord(Buffer.alloc(5_000_000, "x")))).toMatchObject([
      { result: "ProcessingFailed" },
    ]);
  });
});

describe("a line", () => {
  it("of another making is none", () => {
    const good = JSON.parse(
      Buffer.from((transformed(aRecord(Buffer.from("{}")))[0] as { data: string }).data, "base64").toString(),
    ) as Record<string, unknown>;
    expect(decodeLine(JSON.stringify(good))).not.toBeNull();
    for (const [name, value] of [
      ["freshet", 2],
      ["stream", 1],
      ["shard", null],
      ["sequence", "12e3"],
      ["subsequence", 0.5],
      ["arrivalMs", "1"],
      ["text", undefined],
    ] as const)
      expect(decodeLine(JSON.stringify({ ...good, [name]: value })), name).toBeNull();
    for (const line of ["", "{", "null", "[]", "1"]) expect(decodeLine(line), line).toBeNull();
  });
});
