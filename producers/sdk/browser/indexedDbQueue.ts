/// <reference lib="dom" />
import { KEPT_EVENTS_MAX, type KeptEvent, type PersistentQueue } from "./persistentQueue.js";

const STORE = "events";

/**
 * Kept by the browser, under the origin; where it keeps nothing (private windows, a full disk), in `fallback`.
 * The key of an event is its id, whose ULID sorts by time.
 */
export const indexedDbQueue = (name: string, fallback: PersistentQueue): PersistentQueue => {
  const opening = open(name).catch(() => null);

  /** One transaction at a time has the order of the calls. */
  const within = async <T>(
    work: (store: IDBObjectStore) => IDBRequest<T>,
    otherwise: () => T | Promise<T>,
  ): Promise<T> => {
    const database = await opening;
    if (!database) return otherwise();
    try {
      return await settled(work(database.transaction(STORE, "readwrite").objectStore(STORE)));
    } catch {
      return otherwise();
    }
  };

  return {
    add(event) {
      const key = event.id;
      void within<IDBValidKey>(
        (store) => store.put(event, key),
        () => (fallback.add(event), key),
      );
      void within<IDBValidKey[]>(
        (store) => store.getAllKeys(),
        () => [],
      ).then((keys) => {
        const surplus = keys.length - KEPT_EVENTS_MAX;
        if (surplus > 0)
          void within<undefined>((store) => store.delete(IDBKeyRange.upperBound(keys[surplus - 1])), NOTHING);
      });
    },
    remove(id) {
      fallback.remove(id);
      void within<undefined>((store) => store.delete(id), NOTHING);
    },
    all: async () => [
      ...(await within<KeptEvent[]>(
        (store) => store.getAll(),
        () => [],
      )),
      ...(await fallback.all()),
    ],
    clear() {
      fallback.clear();
      void within<undefined>((store) => store.clear(), NOTHING);
    },
  };
};

const NOTHING = (): undefined => undefined;

const open = (name: string): Promise<IDBDatabase> => {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
};

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
