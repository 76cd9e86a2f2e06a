import type { GroupKey } from "@freshet/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRanks } from "./ranks.js";
import { createSelection } from "./selection.js";

const SEED = 7;
const keyOf = (id: number): GroupKey => `key ${(id * 7919) % 5_003}` as GroupKey;

const rank = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, 0.5, -0),
);
/** Few keys, or keys of many blocks. */
const id = fc.oneof(fc.nat(20), fc.nat(4_999));

test(`selects what sorting all would put first, whatever was set in which order (seed ${SEED})`, () => {
  let selected = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(id, rank), { maxLength: 400, size: "max" }),
      fc.array(fc.constantFrom(1, 3, 20, 1_000), { minLength: 1, maxLength: 3 }),
      (sets, limits) => {
        const ranks = createRanks();
        const plain = new Map<number, number>();
        for (const [part, limit] of limits.entries()) {
          const share = sets.slice(
            (part * sets.length) / limits.length,
            ((part + 1) * sets.length) / limits.length,
          );
          for (const [key, value] of share) {
            ranks.set(key, value);
            plain.set(key, value);
          }
          const wanted = [...plain]
            .filter(([, value]) => !Number.isNaN(value))
            .sort(([a, x], [b, y]) => (x === y ? (keyOf(a) < keyOf(b) ? -1 : 1) : x > y ? -1 : 1))
            .slice(0, limit)
            .map(([key, value]) => ({ id: key, rank: value }));
          const selection = createSelection(limit, keyOf);
          ranks.select(selection, (_id, bound) => bound);
          expect(selection.rows()).toEqual(wanted);
          selected += wanted.length;
        }
      },
    ),
    { seed: SEED, numRuns: 200 },
  );
  expect(selected).toBeGreaterThan(5_000);
});

test(`selects by the rank itself where only a bound of it is kept, and looks at few (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1_000), fc.nat(30)), { minLength: 3_000, maxLength: 3_000 }),
      (given) => {
        const ranks = createRanks();
        for (const [at, [own, slack]] of given.entries()) ranks.set(at, own + slack);
        const owns = given.map(([own]) => own);
        let looks = 0;
        const selection = createSelection(5, keyOf);
        ranks.select(selection, (at) => {
          looks++;
          ranks.set(at, owns[at] as number);
          return owns[at] as number;
        });
        const wanted = owns.map((own, at) => ({ id: at, rank: own }));
        wanted.sort((a, b) => b.rank - a.rank || (keyOf(a.id) < keyOf(b.id) ? -1 : 1));
        expect(selection.rows()).toEqual(wanted.slice(0, 5));
        expect(looks).toBeLessThan(1_500);
      },
    ),
    { seed: SEED, numRuns: 10 },
  );
});
