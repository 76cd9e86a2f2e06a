import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMd5Lanes, type Message } from "./lanes.js";
import { LANE_BYTES, LANES } from "./layout.js";
import { md5OfMany } from "./md5OfMany.js";

const hex = (digests: Uint8Array): readonly string[] =>
  Array.from({ length: digests.length / 16 }, (_, index) =>
    Buffer.from(digests.subarray(index * 16, index * 16 + 16)).toString("hex"),
  );

const expected = (messages: readonly Message[]): readonly string[] =>
  messages.map(({ bytes, start, end }) => createHash("md5").update(bytes.subarray(start, end)).digest("hex"));

const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
const lanes = createMd5Lanes();

describe("the MD5 of many messages at once", () => {
  it("runs on this machine", () => expect(lanes).not.toBeNull());

  it("is that of node:crypto for every length around a block's and a lane's", () => {
    const lengths = [
      ...Array.from({ length: 200 }, (_, length) => length),
      ...Array.from({ length: 140 }, (_, index) => LANE_BYTES - 70 + index),
      ...[3, 60_000, 12_345, 2 * LANE_BYTES, 2 * LANE_BYTES + 64],
    ];
    const messages = lengths.map((length, index) => ({
      bytes,
      start: index % 97,
      end: (index % 97) + length,
    }));
    expect(lanes && hex(lanes(messages))).toEqual(expected(messages));
  });

  it("is the same for fewer messages than lanes, and for none", () => {
    for (let count = 0; count <= LANES + 1; count++) {
      const messages = Array.from({ length: count }, (_, index) => ({
        bytes,
        start: index,
        end: 1_000 + 131 * index,
      }));
      expect(lanes && hex(lanes(messages))).toEqual(expected(messages));
    }
  });

  it("is the same for any messages, one after the other, whoever reckons it", () => {
    const message = fc
      .tuple(fc.nat(bytes.length), fc.oneof(fc.nat(300), fc.nat(20_000)))
      .map(([start, length]) => ({ bytes, start, end: Math.min(bytes.length, start + length) }));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
        expect(lanes && hex(lanes(messages))).toEqual(expected(messages));
        expect(hex(md5OfMany(messages))).toEqual(expected(messages));
      }),
      { numRuns: 200 },
    );
  });

  it("is reckoned alone where one message outweighs the rest", () => {
    const messages = [
      { bytes, start: 0, end: 60_000 },
      { bytes, start: 5, end: 105 },
      { bytes, start: 7, end: 7 },
    ];
    expect(hex(md5OfMany(messages))).toEqual(expected(messages));
  });
});
