import type { GroupKey } from "@freshet/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSelection } from "../rank/selection.js";
import { createRankings, type Foreseen } from "./rankings.js";

const SEED = 20_261_121;
const KEYS = 40;
const INDEX = 0;
const keyOf = (id: number): GroupKey => `key ${id}` as GroupKey;

const rank = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) }, fc.constant(Number.NaN));
/** What happens before a commit: a key's rank is foreseen, by itself or by a bound; the first are asked for; a turn of filling ends. */
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      id: fc.nat(KEYS - 1),
      rank,
      above: fc.constantFrom(0, 0, 1, 10),
      known: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom("first" as const, "some" as const) },
  { weight: 1, arbitrary: fc.constant("fill" as const) },
);

test(`what is foreseen changes no answer before the commit, and every one after it (seed ${SEED})`, async () => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(rank, { minLength: KEYS, maxLength: KEYS }),
      fc.array(fc.array(action, { maxLength: 30, size: "max" }), { minLength: 1, maxLength: 8, size: "max" }),
      async (start, commits) => {
        const ranks = [...start];
        const pauses: (() => void)[] = [];
        const rankings = createRankings(
          () => KEYS,
          (id) => ranks[id] as number,
          () => ({
            due: () => true,
            next: () =>
              new Promise((resolve) => {
                pauses.push(resolve);
              }),
          }),
        );
        const filling = rankings.get(INDEX);
        const fill = async (): Promise<void> => {
          pauses.shift()?.();
          await Promise.resolve();
        };
        let filled = false;
        void filling.then(() => {
          filled = true;
        });
        const ask = async (some: boolean): Promise<void> => {
          while (!filled) await fill();
          const ids = some ? [...ranks.keys()].filter((id) => id % 3 === 0) : null;
          const selection = createSelection(3, keyOf);
          (await filling).select(selection, ids);
          const expected = [...(ids ?? ranks.keys())]
            .filter((id) => !Number.isNaN(ranks[id]))
            .sort((a, b) => (ranks[b] as number) - (ranks[a] as number) || (keyOf(a) < keyOf(b) ? -1 : 1))
            .slice(0, 3)
            .map((id) => ({ id, rank: ranks[id] }));
          expect(selection.rows()).toEqual(expected);
          answers++;
        };
        for (const actions of commits) {
          const next = new Map<number, Foreseen & { readonly isKnown: boolean }>();
          for (const each of actions) {
            if (each === "fill") await fill();
            else if (each === "first" || each === "some") await ask(each === "some");
            else if (!next.has(each.id)) {
              const isKnown = each.known && each.above === 0;
              rankings.foresee(INDEX, each.id, each.rank + each.above);
              next.set(each.id, { index: INDEX, id: each.id, rank: each.rank, isKnown });
            }
          }
          for (const { id, rank: own } of next.values()) ranks[id] = own;
          rankings.commit([...next.values()].filter(({ isKnown }) => isKnown));
          await ask(false);
          await ask(true);
        }
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
  expect(answers).toBeGreaterThan(2_000);
});
