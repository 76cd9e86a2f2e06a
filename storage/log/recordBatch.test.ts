import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecordBatch, type RecordBatch } from "./recordBatch.js";
import { heartbeatRecord, oversizeRecord } from "./recordFormat.js";

const golden = (name: string): Buffer => readFileSync(new URL(`./kpl/testing/${name}`, import.meta.url));
const aBatch = (): RecordBatch => createRecordBatch({ digest: "always" });

const textsOf = ({ bytes, starts, ends, count }: RecordBatch): string[] =>
  Array.from({ length: count }, (_, index) => bytes.toString("utf8", starts[index], ends[index]));

describe("a record batch", () => {
  it("holds plain records, members of aggregates, and what they lie in, in log order", () => {
    const batch = aBatch();
    expect(batch.add(Buffer.from("first"))).toBe(1);
    expect(batch.add(golden("basic-000.bin"))).toBe(10);
    expect(batch.add(heartbeatRecord())).toBe(0);
    expect(batch.add(Buffer.from("é"))).toBe(1);
    const members = Array.from({ length: 10 }, (_, index) => `hello-${index}`);
    expect(textsOf(batch)).toEqual(["first", ...members, "é"]);
    expect([...batch.recordOf.subarray(0, batch.count)]).toEqual([0, ...members.map(() => 1), 3]);
    expect([...batch.subsequences.subarray(0, batch.count)]).toEqual([0, ...members.keys(), 0]);
    expect(batch.recordCount).toBe(4);
  });

  it("knows the size of an event of which the log kept the head", () => {
    const batch = aBatch();
    batch.add(Buffer.from("before"));
    expect(batch.add(oversizeRecord(Buffer.from("the head"), 3_000_000))).toBe(1);
    expect(textsOf(batch)).toEqual(["before", "the head"]);
    expect([...batch.oversize]).toEqual([[1, 3_000_000]]);
    batch.clear();
    expect(batch.oversize.size).toBe(0);
  });

  it("takes an empty record for one event, and a control byte without meaning for a user's own", () => {
    const batch = aBatch();
    expect(batch.add(new Uint8Array(0))).toBe(1);
    expect(batch.add(Uint8Array.of(0))).toBe(1);
    expect(batch.add(Uint8Array.of(0, 1, 0))).toBe(1);
    expect(batch.add(Uint8Array.of(0, 2, 0, 0, 0))).toBe(1);
    expect(batch.add(Uint8Array.of(0, 3, 0, 0, 0, 0, 0))).toBe(1);
    expect([...batch.ends.subarray(0, 5)].map((end, index) => end - (batch.starts[index] ?? 0))).toEqual([
      0, 1, 3, 5, 7,
    ]);
  });

  it("keeps what it holds while it grows, and begins anew when it is cleared", () => {
    const batch = aBatch();
    const texts = Array.from({ length: 3_000 }, (_, index) => `${index}:${"x".repeat(index % 1_500)}`);
    for (let round = 0; round < 2; round++) {
      batch.clear();
      for (const text of texts) batch.add(Buffer.from(text));
      expect(textsOf(batch)).toEqual(texts);
      expect(batch.recordOf[2_999]).toBe(2_999);
    }
  });

  it("appends a text's UTF-8 behind the events, and records behind that", () => {
    const batch = aBatch();
    batch.add(Buffer.from("event"));
    for (const text of ["", "ключ 😀", "lone \ud800", "y".repeat(2_000_000)]) {
      const start = batch.append(text);
      expect(batch.bytes.subarray(start, batch.appendedThrough).equals(Buffer.from(text))).toBe(true);
    }
    batch.add(Buffer.from("another"));
    expect(textsOf(batch)).toEqual(["event", "another"]);
  });

  it("takes a record that was written where it said", () => {
    const batch = aBatch();
    batch.add(Buffer.from("one"));
    const aggregate = golden("basic-000.bin").toString("base64");
    const start = batch.reserve(aggregate.length);
    const length = batch.bytes.write(aggregate, start, "base64");
    expect(batch.addReserved(length)).toBe(10);
    expect(textsOf(batch).at(-1)).toBe("hello-9");
  });

  it("lies in the memory that it is given, which may take the former away", () => {
    const given: ArrayBuffer[] = [];
    const batch = createRecordBatch({
      digest: "always",
      grow: (before, used, bytesMin) => {
        const bytes = new Uint8Array(Math.max(bytesMin, 1 << 16));
        bytes.set(before.subarray(0, used));
        structuredClone(before.buffer, { transfer: [before.buffer as ArrayBuffer] });
        given.push(bytes.buffer);
        return bytes;
      },
    });
    const texts = ["z".repeat(700_000), "y".repeat(700_000), "x".repeat(2_000_000)];
    for (const text of texts) batch.add(Buffer.from(text));
    expect(given.length).toBe(3);
    expect(batch.bytes.buffer).toBe(given.at(-1));
    expect(textsOf(batch)).toEqual(texts);
  });

  const aggregate = golden("basic-000.bin");
  const wrong = Buffer.from(aggregate).fill(0x58, 80, 81);
  const kinds: readonly Uint8Array[] = [
    aggregate,
    wrong,
    golden("max-count-4-000.bin"),
    heartbeatRecord(),
    oversizeRecord(Buffer.from("large"), 5_000_000),
    Buffer.from("plain"),
    Buffer.concat([aggregate.subarray(0, 4), createHash("md5").digest()]),
    Buffer.concat([aggregate.subarray(0, 4), createHash("md5").update("x").digest()]),
  ];
  const stateOf = (batch: RecordBatch) => ({
    texts: textsOf(batch),
    recordOf: [...batch.recordOf.subarray(0, batch.count)],
    subsequences: [...batch.subsequences.subarray(0, batch.count)],
    recordCount: batch.recordCount,
    oversize: [...batch.oversize],
  });

  it("holds the same when digests are compared together, however many are wrong", () => {
    let again = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...kinds), { maxLength: 5 }),
        fc.array(
          fc.oneof(
            { weight: 9, arbitrary: fc.constant(aggregate) },
            { weight: 2, arbitrary: fc.constantFrom(...kinds) },
          ),
          { maxLength: 30 },
        ),
        fc.boolean(),
        (first, records, clears) => {
          const [single, together] = [aBatch(), aBatch()];
          for (const batch of [single, together]) for (const record of first) batch.add(record);
          if (clears) single.clear();
          const counts = records.map((record) => single.add(record));
          let runs = 0;
          const found = together.together(() => {
            runs++;
            if (clears) together.clear();
            return records.map((record) => together.add(record));
          });
          expect(found).toEqual(counts);
          expect(stateOf(together)).toEqual(stateOf(single));
          expect(runs).toBe(records.includes(wrong) ? 2 : 1);
          again += runs - 1;
        },
      ),
      { numRuns: 300, seed: 23 },
    );
    expect(again).toBeGreaterThan(20);
  });

  it("holds the same of records whose digests it has foreseen, and of those it has not", () => {
    const met = { wrong: 0, strange: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...kinds), fc.boolean()), { maxLength: 30 }),
        fc.boolean(),
        (records, inOrder) => {
          const [single, foreseeing] = [aBatch(), aBatch()];
          const copies = records.map(([record, foreseen]) => ({ record: record.slice(), foreseen }));
          const known = copies.filter(({ foreseen }) => foreseen).map(({ record }) => record);
          foreseeing.foresee(inOrder ? known : known.toReversed());
          for (const { record, foreseen } of copies) {
            expect(foreseeing.add(record)).toBe(single.add(record));
            if (wrong.equals(record)) met[foreseen ? "wrong" : "strange"]++;
          }
          expect(stateOf(foreseeing)).toEqual(stateOf(single));
        },
      ),
      { numRuns: 200, seed: 24 },
    );
    expect(met.wrong).toBeGreaterThan(50);
    expect(met.strange).toBeGreaterThan(50);
  });

  it("takes a digest's word of no other record than the one it was told of", () => {
    const batch = aBatch();
    const changed = Buffer.from(aggregate);
    batch.foresee([changed]);
    expect(batch.add(Buffer.from(wrong))).toBe(1);
    expect(batch.add(changed)).toBe(10);
  });

  it("compares digests one by one again after filling together has failed", () => {
    const batch = aBatch();
    const fail = (): never => {
      batch.add(wrong);
      throw new Error("the log cannot be read");
    };
    expect(() => batch.together(fail)).toThrow("the log cannot be read");
    expect(batch.add(wrong)).toBe(1);
  });
});
