/** Keeps the most recently used values up to a total weight; a failed one is forgotten. */
export interface BoundedCache<Value> {
  get(key: string, make: () => Promise<Value>): Promise<Value>;
  clear(): void;
}

export const createBoundedCache = <Value>(settings: {
  readonly weightMax: number;
  readonly weigh: (value: Value) => number;
  readonly drop: (value: Value) => void;
  /** False: it is handed out, and made again when it is asked for again. */
  readonly keep?: (value: Value) => boolean;
}): BoundedCache<Value> => {
  interface Entry {
    readonly promise: Promise<Value>;
    weight: number;
    value: Value | null;
  }
  const entries = new Map<string, Entry>();
  let total = 0;

  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    total -= entry.weight;
    if (entry.value !== null) settings.drop(entry.value);
  };

  const settle = (key: string, entry: Entry, value: Value): void => {
    if (entries.get(key) !== entry) {
      settings.drop(value);
      return;
    }
    entry.value = value;
    if (settings.keep?.(value) === false) {
      remove(key);
      return;
    }
    entry.weight = settings.weigh(value);
    total += entry.weight;
    for (const oldest of entries.keys()) {
      if (total <= settings.weightMax || oldest === key) break;
      remove(oldest);
    }
  };

  return {
    get(key, make) {
      const known = entries.get(key);
      if (known) {
        entries.delete(key);
        entries.set(key, known);
        return known.promise;
      }
      const promise = make();
      const entry: Entry = { promise, weight: 0, value: null };
      entries.set(key, entry);
      promise.then(
        (value) => settle(key, entry, value),
        () => {
          if (entries.get(key) === entry) remove(key);
        },
      );
      return promise;
    },
    clear() {
      for (const key of [...entries.keys()]) remove(key);
    },
  };
};
