import type { Group, Increment } from "@freshet/model";
import { type GroupsOf, NO_ID, type Part, type PartGroups, samePart } from "./part.js";

const sameState = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!Object.is(a[at], b[at])) return false;
  return true;
};

const sameStates = (a: Group, b: Group): boolean =>
  a.states.every((state, index) => sameState(state, b.states[index]));

/** Negative: `a` comes first. */
const compareGroups = (a: Group, b: Group): number =>
  a.paneMs - b.paneMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Keys of groups that two versions of a segment do not share: it grows, and most groups stay as they are. */
const changedBetween = (before: PartGroups, after: PartGroups): readonly number[] => {
  const changed: number[] = [];
  const note = (of: PartGroups, at: number): void => {
    const id = of.ids[at] as number;
    if (id !== NO_ID) changed.push(id);
  };
  let a = 0;
  let b = 0;
  while (a < before.groups.length || b < after.groups.length) {
    const old = before.groups[a];
    const now = after.groups[b];
    const order = old === undefined ? 1 : now === undefined ? -1 : compareGroups(old, now);
    if (order < 0) note(before, a++);
    else if (order > 0) note(after, b++);
    else {
      if (!sameStates(old as Group, now as Group)) note(after, b);
      a++;
      b++;
    }
  }
  return changed;
};

/** Keys of groups that are in one of two lists of parts alone, or are not the same in both. */
export type ChangedGroups = (
  some: readonly Part[],
  others: readonly Part[],
  passOver: (name: string) => boolean,
) => ReadonlySet<number>;

/** Two versions of a segment are compared once, whoever asks. */
export const createChangedGroups = (groupsOf: GroupsOf): ChangedGroups => {
  const known = new WeakMap<Increment, { readonly before: Increment; readonly ids: readonly number[] }>();
  const idsBetween = (before: Increment, after: Increment): readonly number[] => {
    const found = known.get(after);
    if (found?.before === before) return found.ids;
    const [a, b] = [groupsOf(before), groupsOf(after)];
    const ids =
      a && b ? changedBetween(a, b) : [...(a?.ids ?? []), ...(b?.ids ?? [])].filter((id) => id !== NO_ID);
    known.set(after, { before, ids });
    return ids;
  };
  const reckon = (
    some: readonly Part[],
    others: readonly Part[],
    passedOver: ReadonlySet<string>,
  ): ReadonlySet<number> => {
    const changed = new Set<number>();
    const add = (ids: ArrayLike<number>): void => {
      for (let at = 0; at < ids.length; at++) if (ids[at] !== NO_ID) changed.add(ids[at] as number);
    };
    const left = new Map(some.map((part) => [part.name, part]));
    for (const part of others) {
      const before = left.get(part.name);
      left.delete(part.name);
      if (passedOver.has(part.name) || (before && samePart(before, part))) continue;
      add(before ? idsBetween(before.increment, part.increment) : (groupsOf(part.increment)?.ids ?? []));
    }
    for (const { name, increment } of left.values())
      if (!passedOver.has(name)) add(groupsOf(increment)?.ids ?? []);
    return changed;
  };
  /** Windows ask one after the other, most of them the same. */
  let last: {
    readonly some: readonly Part[];
    readonly others: readonly Part[];
    readonly passedOver: string;
    readonly changed: ReadonlySet<number>;
  } | null = null;
  return (some, others, passOver) => {
    const names = [...some, ...others].map(({ name }) => name).filter(passOver);
    const passedOver = names.join("\n");
    if (last?.some !== some || last.others !== others || last.passedOver !== passedOver)
      last = { some, others, passedOver, changed: reckon(some, others, new Set(names)) };
    return last.changed;
  };
};
