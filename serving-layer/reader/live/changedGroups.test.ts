import { type EpochMs, encodeKey, type Group, type Increment, OTHER_KEY, type ShardId } from "@freshet/model";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createChangedGroups } from "./changedGroups.js";
import { createKeyTable } from "./keyTable.js";
import { createGroupsOf, type Part } from "./part.js";

const SEED = 20_261_128;
const METRIC = "m";

const state = fc.oneof(
  fc.constantFrom(1, 2, 3n, null),
  fc.array(fc.nat(2), { maxLength: 2 }),
  fc.uint8Array({ max: 1, minLength: 2, maxLength: 2 }),
);
const group = fc.record({
  paneMs: fc.constantFrom(0, 60_000),
  key: fc.constantFrom("", "a", "é", "__proto__", null),
  states: fc.tuple(state, state),
});
const incrementOf = (groups: readonly Group[]): Increment => {
  const sorted = [...new Map(groups.map((one) => [`${one.paneMs} ${one.key}`, one])).values()].sort(
    (a, b) => a.paneMs - b.paneMs || (a.key < b.key ? -1 : 1),
  );
  return { metrics: [{ definition: METRIC, overflow: false, groups: sorted }] };
};
const increment = fc.array(group, { maxLength: 6 }).map((groups) =>
  incrementOf(
    groups.map(({ paneMs, key, states }) => ({
      paneMs: paneMs as EpochMs,
      key: key === null ? OTHER_KEY : encodeKey([key]),
      states,
    })),
  ),
);
const groupsIn = ({ metrics }: Increment): readonly Group[] => metrics[0]?.groups ?? [];
/** The same segment, longer: what was in it is still there, in other memory. */
const grownFrom = (before: readonly Part[], after: readonly Part[]): Part[] =>
  after.map((part) => {
    const old = before.find(({ name }) => name === part.name);
    if (!old) return part;
    const stays = structuredClone(groupsIn(old.increment).filter((_, index) => index % 3 > 0));
    return { ...part, increment: incrementOf([...groupsIn(part.increment), ...stays]) };
  });
const parts = fc
  .dictionary(fc.constantFrom("s1", "s2", "s3"), increment, { maxKeys: 3 })
  .map((of) =>
    Object.entries(of).map(([name, each]): Part => ({ name, shard: "0" as ShardId, increment: each })),
  );

/** What each group of each part is, as text. */
const textsOf = (of: readonly Part[]): Map<string, { readonly key: string; readonly text: string }> =>
  new Map(
    of.flatMap(({ name, increment: each }) =>
      groupsIn(each).flatMap(({ paneMs, key, states }) => {
        const plain = states.map((each) => (typeof each === "bigint" ? `${each}n` : each));
        const bytes = states.map((each) => each instanceof Uint8Array);
        const text = JSON.stringify([plain, bytes]);
        return key === OTHER_KEY ? [] : [[`${name} ${paneMs} ${key}`, { key, text }] as const];
      }),
    ),
  );

it(`finds the keys of groups that two lists do not share, as plain texts do (seed ${SEED})`, () => {
  const met = { changed: 0, kept: 0, passedOver: 0 };
  fc.assert(
    fc.property(parts, parts, fc.boolean(), (before, others, passes) => {
      const after = grownFrom(before, others);
      const keys = createKeyTable();
      const changedGroups = createChangedGroups(createGroupsOf(METRIC, keys));
      const passOver = (name: string): boolean => passes && name === "s2";
      const [a, b] = [textsOf(before), textsOf(after)];
      const wanted = new Set<string>();
      for (const name of new Set([...a.keys(), ...b.keys()])) {
        const { key } = (a.get(name) ?? b.get(name)) as { readonly key: string };
        if (passOver(name.split(" ")[0] as string)) met.passedOver++;
        else if (a.get(name)?.text === b.get(name)?.text) met.kept++;
        else {
          met.changed++;
          wanted.add(key);
        }
      }
      for (let asked = 0; asked < 2; asked++) {
        const found = [...changedGroups(before, after, passOver)].map((id) => keys.keyOf(id));
        expect(found.sort()).toEqual([...wanted].sort());
      }
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  for (const [what, times] of Object.entries(met)) expect([what, times > 200]).toEqual([what, true]);
});
