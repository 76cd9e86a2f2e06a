import { packDocument, unpackDocument } from "../lmdb/document.js";
import type { Environment } from "../lmdb/environment.js";
import { afterPrefix, textKey } from "../lmdb/key.js";
import type { Records, Versioned } from "./port.js";

export const createEmbeddedRecords = (environment: Environment): Records => {
  const table = environment.table("records");
  const decode = <T>(name: string, stored: Buffer): Versioned<T> =>
    unpackDocument(stored, `record ${name}`).json as Versioned<T>;
  const read = <T>(name: string): Versioned<T> | null => {
    const stored = table.get(textKey(name));
    return stored ? decode<T>(name, stored) : null;
  };
  return {
    async get<T>(name: string) {
      environment.refresh();
      return read<T>(name);
    },
    async replace<T>(name: string, expected: number, value: T) {
      const packed = packDocument({ revision: expected + 1, value });
      return environment.transact(`replacing record ${name}`, () => {
        if ((read(name)?.revision ?? 0) !== expected) return false;
        table.putSync(textKey(name), packed);
        return true;
      });
    },
    async list<T>(prefix: string) {
      environment.refresh();
      const start = Buffer.from(prefix, "utf8");
      const range = start.length === 0 ? {} : { start, end: afterPrefix(start) };
      return [...table.getRange(range)].map(({ key, value }) => {
        const name = key.toString("utf8");
        return { name, document: decode<T>(name, value) };
      });
    },
    remove: (name) =>
      environment.transact(`removing record ${name}`, () => {
        table.removeSync(textKey(name));
      }),
  };
};
