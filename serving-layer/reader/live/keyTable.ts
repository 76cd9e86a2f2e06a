import type { GroupKey } from "@freshet/model";

/** Numbers the keys of one metric, from 0 on: what is kept of each key lies in arrays. */
export interface KeyTable {
  /** The key's number; a new one for a new key. */
  idOf(key: GroupKey): number;
  find(key: GroupKey): number | undefined;
  keyOf(id: number): GroupKey;
  readonly size: number;
}

export const createKeyTable = (): KeyTable => {
  const ids = new Map<GroupKey, number>();
  const keys: GroupKey[] = [];
  return {
    idOf(key) {
      let id = ids.get(key);
      if (id === undefined) {
        id = keys.length;
        ids.set(key, id);
        keys.push(key);
      }
      return id;
    },
    find: (key) => ids.get(key),
    keyOf: (id) => keys[id] as GroupKey,
    get size() {
      return keys.length;
    },
  };
};
