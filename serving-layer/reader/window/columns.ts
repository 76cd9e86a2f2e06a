import type { GroupStates, Measure } from "@freshet/model";

/** States by measure and key's number. */
export interface Columns {
  readonly groups: number;
  /** One measure's state; undefined where there is nothing of the key. */
  state(id: number, index: number): unknown;
  /** The columns' own; null where there is nothing of the key. */
  states(id: number): GroupStates | null;
  merge(id: number, states: readonly unknown[]): void;
  /** In place of what was there. The states become the columns' own. */
  put(id: number, states: GroupStates | null): void;
}

export const createColumns = (measures: readonly Measure[]): Columns => {
  const columns: unknown[][] = measures.map(() => []);
  const present = columns[0] as unknown[];
  let groups = 0;
  const grow = (id: number): void => {
    for (const column of columns) while (column.length <= id) column.push(undefined);
  };
  return {
    get groups() {
      return groups;
    },
    state: (id, index) => (columns[index] as unknown[])[id],
    states: (id) => (present[id] === undefined ? null : columns.map((column) => column[id])),
    merge(id, states) {
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
    put(id, states) {
      grow(id);
      if (present[id] !== undefined) groups--;
      if (states !== null) groups++;
      for (let index = 0; index < measures.length; index++) {
        (columns[index] as unknown[])[id] = states === null ? undefined : states[index];
      }
    },
  };
};
