import { EXPIRES } from "../aws/table/definition.js";
import { keyOf } from "../aws/table/batch.js";
import { absent, type DynamoTable } from "../aws/table/dynamoTable.js";
import { type Item, number, text } from "../aws/table/item.js";
import { compareUtf8, type ItemKey, spreadKey, spreadPartitions } from "../aws/table/key.js";
import type { SortRange } from "../aws/table/query.js";
import {
  arrivalSortKey,
  KIND,
  letterFrom,
  letterItem,
  letterKey,
  placeOf,
  replayText,
  sortKeyOfPlace,
} from "./dynamoLetter.js";
import { matches } from "./matches.js";
import { mergeDescending } from "./mergeDescending.js";
import type { DeadLetters, StoredLetter } from "./port.js";

export interface DynamoDeadLettersOptions {
  readonly table: DynamoTable;
  readonly now: () => number;
  /** The oldest go when this process sees that there are more. */
  readonly lettersMax?: number;
}

const LETTERS_MAX = 100_000;
/** Of the bound: so many more may be there before they are counted again, which reads them all. */
const SLACK_SHARE = 0.01;
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;
const WRITES_AT_ONCE = 32;
const PAGE_MAX = 1_000;
/** A search looks at so many letters, then hands back a page with `next`, be it empty. */
const EXAMINED_PER_PAGE_MAX = 20_000;
const ITEMS_PER_QUERY = 100;

const inParallel = async <T>(all: readonly T[], action: (one: T) => Promise<void>): Promise<void> => {
  const waiting = all.values();
  const worker = async (): Promise<void> => {
    for (const one of waiting) await action(one);
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, worker));
};

const sortKeyOf = (item: Item): string => keyOf(item).sk;

/** Dead letters in DynamoDB, spread over partitions by their position: a storm of them is no hot partition. */
export const createDynamoDeadLetters = ({
  table,
  now,
  lettersMax = LETTERS_MAX,
}: DynamoDeadLettersOptions): DeadLetters => {
  /** As this process knows; null before it has counted. */
  let known: number | null = null;
  const slack = Math.floor(lettersMax * SLACK_SHARE);
  let trimming: Promise<void> = Promise.resolve();
  // DynamoDB deletes what has expired when it finds the time.
  const unexpired = () => ({
    filter: { expression: `${EXPIRES} > :now`, values: { ":now": number(Math.floor(now() / 1000)) } },
  });

  // All of it is read, and may be a second old: half the price.
  const count = async (): Promise<number> => {
    const partitions = spreadPartitions(KIND);
    const counts = await Promise.all(
      partitions.map((pk) => table.count(pk, { kind: "all" }, { ...unexpired(), eventual: true })),
    );
    return counts.reduce((sum, one) => sum + one, 0);
  };

  const oldest = async (limit: number): Promise<readonly ItemKey[]> => {
    const keys = await Promise.all(
      spreadPartitions(KIND).map(async (pk) => {
        const found: ItemKey[] = [];
        const options = { attributes: "pk, sk", pageItems: limit, eventual: true };
        for await (const page of table.pages(pk, { kind: "all" }, options)) {
          found.push(...page.map(keyOf));
          if (found.length >= limit) break;
        }
        return found.slice(0, limit);
      }),
    );
    return keys
      .flat()
      .sort((left, right) => compareUtf8(left.sk, right.sk))
      .slice(0, limit);
  };

  const trim = async (): Promise<void> => {
    if (known !== null && known <= lettersMax + slack) return;
    const there = await count();
    if (there > lettersMax) await table.removeMany(await oldest(there - lettersMax));
    known = Math.min(there, lettersMax);
  };

  async function* newestFirst(pk: string, range: SortRange): AsyncGenerator<Item> {
    const options = { descending: true, pageItems: ITEMS_PER_QUERY, ...unexpired() };
    for await (const page of table.pages(pk, range, options)) yield* page;
  }

  const keysOf = (places: readonly string[]): readonly ItemKey[] =>
    places.flatMap((place) => {
      const sortKey = sortKeyOfPlace(place);
      return sortKey === null ? [] : [spreadKey(KIND, sortKey)];
    });

  return {
    async put(letters) {
      const expiresMs = now() + KEPT_MS;
      await inParallel(letters, async (letter) => {
        const outcome = await table.put(letterKey(letter), letterItem(letter, expiresMs), absent());
        if (outcome.kind === "written" && known !== null) known += 1;
      });
      trimming = trimming.catch(() => {}).then(trim);
      await trimming;
    },
    async search(filter) {
      const limit = Math.min(filter.limit, PAGE_MAX);
      const after = filter.after === undefined ? null : sortKeyOfPlace(filter.after);
      const through = after ?? arrivalSortKey((filter.toMs ?? Number.MAX_SAFE_INTEGER) + 1);
      const range = { kind: "between", from: arrivalSortKey(filter.fromMs ?? 0), through } as const;
      if (range.from > range.through) return { letters: [], next: null };
      const partitions = spreadPartitions(KIND).map((pk) => newestFirst(pk, range));
      const found: StoredLetter[] = [];
      let examined = 0;
      let last = "";
      for await (const item of mergeDescending(partitions, (left, right) =>
        compareUtf8(sortKeyOf(left), sortKeyOf(right)),
      )) {
        if (sortKeyOf(item) === after) continue;
        if (found.length >= limit || examined >= EXAMINED_PER_PAGE_MAX)
          return { letters: found, next: placeOf(last) };
        const letter = letterFrom(item);
        if (matches(letter, filter)) found.push(letter);
        examined += 1;
        last = sortKeyOf(item);
      }
      return { letters: found, next: null };
    },
    async find(places) {
      const items = await table.getMany([...new Map(keysOf(places).map((key) => [key.sk, key])).values()]);
      const letters = new Map(items.map((item) => [placeOf(sortKeyOf(item)), letterFrom(item)]));
      return places.flatMap((place) => letters.get(place) ?? []);
    },
    markReplayed: (places, replay) =>
      inParallel(keysOf(places), async (key) => {
        await table.update(key, {
          change: "SET replayed = :replay",
          condition: {
            expression: "attribute_exists(pk)",
            values: { ":replay": text(replayText(replay)) },
          },
        });
      }),
    count,
  };
};
