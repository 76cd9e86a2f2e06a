import type { GroupStates, Measure } from "@freshet/model";
import type { StartTurns } from "../turns.js";

/** What is to stand for a key; null: nothing. */
export interface Replacement {
  readonly states: GroupStates | null;
}

/** States by measure and key's number. */
export interface Columns {
  /** Without what replacements that are not in place yet add and take away. */
  readonly groups: number;
  /** One measure's state; undefined where there is nothing of the key. */
  state(id: number, index: number): unknown;
  /** The columns' own; null where there is nothing of the key. */
  states(id: number): GroupStates | null;
  merge(id: number, states: readonly unknown[]): void;
  /** From now on these stand for their keys, at once however many they are. The map and its states become the columns' own. */
  replace(replacements: Map<number, Replacement>): void;
  /** Puts replacements in place, in turns: nothing changes by it. */
  tidy(): Promise<void>;
}

/** Keys that are put in place before it is asked whether the turn has taken long enough. */
const KEYS_BETWEEN_LOOKS = 64;

export const createColumns = (measures: readonly Measure[], startTurns: StartTurns): Columns => {
  const columns: unknown[][] = measures.map(() => []);
  const present = columns[0] as unknown[];
  let groups = 0;
  /** Before the columns in all that is asked, until they are in place. */
  let replaced = new Map<number, Replacement>();
  const grow = (id: number): void => {
    for (const column of columns) while (column.length <= id) column.push(undefined);
  };
  const put = (id: number, states: GroupStates | null): void => {
    grow(id);
    if (present[id] !== undefined) groups--;
    if (states !== null) groups++;
    for (let index = 0; index < measures.length; index++) {
      (columns[index] as unknown[])[id] = states === null ? undefined : states[index];
    }
  };
  const putInPlace = (id: number): void => {
    const replacement = replaced.get(id);
    if (replacement === undefined) return;
    put(id, replacement.states);
    replaced.delete(id);
  };
  return {
    get groups() {
      return groups;
    },
    state(id, index) {
      const replacement = replaced.get(id);
      return replacement === undefined ? (columns[index] as unknown[])[id] : replacement.states?.[index];
    },
    states(id) {
      const replacement = replaced.get(id);
      if (replacement !== undefined) return replacement.states;
      return present[id] === undefined ? null : columns.map((column) => column[id]);
    },
    merge(id, states) {
      putInPlace(id);
      grow(id);
      if (present[id] === undefined) {
        groups++;
        for (let index = 0; index < measures.length; index++) {
          (columns[index] as unknown[])[id] = (measures[index] as Measure).zero();
        }
      }
      for (let index = 0; index < measures.length; index++) {
        const column = columns[index] as unknown[];
        column[id] = (measures[index] as Measure).merge(column[id], states[index]);
      }
    },
    replace(replacements) {
      for (const id of replaced.keys()) putInPlace(id);
      replaced = replacements;
    },
    async tidy() {
      const turns = startTurns();
      let looked = 0;
      for (const id of replaced.keys()) {
        putInPlace(id);
        if (++looked % KEYS_BETWEEN_LOOKS === 0 && turns.due()) await turns.next();
      }
    },
  };
};
