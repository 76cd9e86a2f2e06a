import { decodeParts, type GroupKey } from "@freshet/model";
import type { KeyTable } from "../live/keyTable.js";
import type { Parts } from "../question/key.js";
import type { StartTurns } from "../turns.js";

const matches = (key: GroupKey, wanted: Parts): boolean => {
  const parts = decodeParts(key);
  for (const [index, part] of wanted) if ((parts[index] ?? null) !== part) return false;
  return true;
};

/** Which keys a question's `where` lets through, of a table that grows. */
export interface Filter {
  /** Looks at keys that are new, in turns. */
  prepare(): Promise<void>;
  has(id: number): boolean;
  /** Keys that it lets through. */
  ids(): readonly number[];
}

const UNSEEN = 0;
const OUT = 1;
const IN = 2;
const CAPACITY = 1 << 12;

export const createFilter = (keys: KeyTable, wanted: Parts, startTurns: StartTurns): Filter => {
  let seen = new Uint8Array(CAPACITY);
  const ids: number[] = [];
  let through = 0;
  const look = (id: number): boolean => {
    const found = matches(keys.keyOf(id), wanted);
    if (id >= seen.length) {
      const larger = new Uint8Array(Math.max(seen.length * 2, id + 1));
      larger.set(seen);
      seen = larger;
    }
    seen[id] = found ? IN : OUT;
    return found;
  };
  const lookNext = (): void => {
    if (look(through)) ids.push(through);
    through++;
  };
  return {
    ids() {
      while (through < keys.size) lookNext();
      return ids;
    },
    async prepare() {
      const turns = startTurns();
      while (through < keys.size) {
        lookNext();
        if (turns.due()) await turns.next();
      }
    },
    has(id) {
      const known = seen[id] ?? UNSEEN;
      return known === UNSEEN ? look(id) : known === IN;
    },
  };
};
