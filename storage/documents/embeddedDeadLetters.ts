import type { Environment } from "../lmdb/environment.js";
import { matches } from "./matches.js";
import type { DeadLetters, StoredLetter } from "./port.js";
import { arrivalKey, keyOfPlace, letterKey, packLetter, unpackLetter, withReplay } from "./stored.js";

export interface EmbeddedDeadLettersOptions {
  readonly environment: Environment;
  /** The oldest go when there are more. */
  readonly lettersMax?: number;
}

const LETTERS_MAX = 100_000;
const BODY_BYTES_MAX = 64 * 1024;
/** A search looks at so many letters, then hands back a page with `next`, be it empty. */
const EXAMINED_PER_PAGE_MAX = 20_000;
const PAGE_MAX = 1_000;
const COUNT = Buffer.from("count");

export const createEmbeddedDeadLetters = ({
  environment,
  lettersMax = LETTERS_MAX,
}: EmbeddedDeadLettersOptions): DeadLetters => {
  const letters = environment.table("deadLetters");
  const totals = environment.table("deadLetterTotals");
  const stored = (): number => totals.get(COUNT)?.readDoubleBE(0) ?? 0;
  const writeStored = (count: number): void => {
    const value = Buffer.allocUnsafe(8);
    value.writeDoubleBE(count, 0);
    totals.putSync(COUNT, value);
  };
  const lookUp = (place: string) => {
    const key = keyOfPlace(place);
    const value = key ? letters.get(key) : undefined;
    return key && value ? [{ key, letter: unpackLetter(key, value) }] : [];
  };
  return {
    put: (batch) =>
      environment.transact("writing dead letters", () => {
        let count = stored();
        for (const letter of batch) {
          const key = letterKey(letter);
          if (letters.doesExist(key)) continue;
          count += 1;
          letters.putSync(key, packLetter(letter, BODY_BYTES_MAX));
        }
        if (count > lettersMax) {
          for (const key of [...letters.getKeys({ limit: count - lettersMax })]) letters.removeSync(key);
          count = lettersMax;
        }
        writeStored(count);
      }),
    async search(filter) {
      environment.refresh();
      const limit = Math.min(filter.limit, PAGE_MAX);
      const found: StoredLetter[] = [];
      let examined = 0;
      let last: Buffer | null = null;
      // Reversed: begins at the key before `start`, ends above `end`.
      const start = filter.after
        ? Buffer.from(filter.after, "base64url")
        : arrivalKey(filter.toMs === undefined ? Number.MAX_SAFE_INTEGER : filter.toMs + 1);
      const end = arrivalKey(filter.fromMs ?? 0);
      for (const { key, value } of letters.getRange({
        start,
        end,
        reverse: true,
        exclusiveStart: true,
        inclusiveEnd: true,
      })) {
        if (found.length >= limit || examined >= EXAMINED_PER_PAGE_MAX) {
          return { letters: found, next: (last as Buffer).toString("base64url") };
        }
        const letter = unpackLetter(key, value);
        if (matches(letter, filter)) found.push(letter);
        examined += 1;
        last = key;
      }
      return { letters: found, next: null };
    },
    async find(places) {
      environment.refresh();
      return places.flatMap(lookUp).map(({ letter }) => letter);
    },
    markReplayed: (places, replay) =>
      environment.transact("noting a replay of dead letters", () => {
        for (const { key, letter } of places.flatMap(lookUp))
          letters.putSync(key, withReplay(letter, replay));
      }),
    async count() {
      environment.refresh();
      return stored();
    },
  };
};
