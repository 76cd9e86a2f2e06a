import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { md5OfSpans } from "./md5OfSpans.js";

const SEED = 20_261_121;
const ONE_BLOCK_MAX = 55;
const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));

it(`is node:crypto's MD5 of each span, short or long (seed ${SEED})`, () => {
  const met = { short: 0, edge: 0, long: 0, empty: 0 };
  const length = fc.oneof(
    fc.nat(70),
    fc.constantFrom(0, ONE_BLOCK_MAX, ONE_BLOCK_MAX + 1, 63, 64, 65),
    fc.nat(900),
  );
  const spans = fc.array(fc.tuple(fc.nat(4_000), length), { maxLength: 40 });
  fc.assert(
    fc.property(spans, (given) => {
      const starts = Int32Array.from(given, ([start]) => start);
      const ends = Int32Array.from(given, ([start, bytesOf]) => start + bytesOf);
      const digests = Buffer.from(md5OfSpans(bytes, starts, ends, given.length));
      given.forEach(([start, bytesOf], index) => {
        const wanted = createHash("md5")
          .update(bytes.subarray(start, start + bytesOf))
          .digest("hex");
        expect(digests.toString("hex", index * 16, index * 16 + 16)).toBe(wanted);
        if (bytesOf === 0) met.empty++;
        else if (bytesOf === ONE_BLOCK_MAX || bytesOf === ONE_BLOCK_MAX + 1) met.edge++;
        else met[bytesOf < ONE_BLOCK_MAX ? "short" : "long"]++;
      });
    }),
    { seed: SEED, numRuns: 500 },
  );
  for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(100);
});
