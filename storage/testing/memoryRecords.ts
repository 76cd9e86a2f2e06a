import type { Records, Versioned } from "../records/port.js";

/** Records in this process's memory, as JSON: nobody shares a value with who stored it. */
export const createMemoryRecords = (): Records => {
  const stored = new Map<string, { readonly revision: number; readonly text: string }>();
  const read = <T>(name: string): Versioned<T> | null => {
    const found = stored.get(name);
    return found ? { revision: found.revision, value: JSON.parse(found.text) as T } : null;
  };
  return {
    get: async <T>(name: string) => read<T>(name),
    async replace(name, expected, value) {
      if ((stored.get(name)?.revision ?? 0) !== expected) return false;
      stored.set(name, { revision: expected + 1, text: JSON.stringify(value) });
      return true;
    },
    list: async <T>(prefix: string) =>
      [...stored.keys()]
        .filter((name) => name.startsWith(prefix))
        .sort()
        .map((name) => ({ name, document: read<T>(name) as Versioned<T> })),
    async remove(name) {
      stored.delete(name);
    },
  };
};
