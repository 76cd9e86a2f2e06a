import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeParts, encodeKey, type KeyPart, OTHER_KEY } from "./key.js";

const part = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "",
    "\u0000",
    "\u0000\u0001",
    "a\u0000",
    "\u00ff",
    "__proto__",
    "12",
    "\u{1f600}",
    "\uffff",
  ),
);
const kind = (value: KeyPart): number =>
  value === null ? 0 : value === false ? 1 : value === true ? 2 : typeof value === "number" ? 3 : 4;
const compareParts = (a: KeyPart, b: KeyPart): number => {
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return 0;
};

describe("a group's key", () => {
  it("reads back what was written", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        expect(decodeParts(encodeKey(parts))).toEqual(parts);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it("orders by bytes as by values, and before the other group", () => {
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        const expected = compareParts(a, c) || compareParts(b, d);
        const left = encodeKey([a, b]);
        const right = encodeKey([c, d]);
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(expected));
        expect(left < OTHER_KEY).toBe(true);
      }),
      { seed: 8, numRuns: 5000 },
    );
  });
});
