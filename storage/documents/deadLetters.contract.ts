import { epochMs, type Reason, sequenceNumber, shardId } from "@freshet/model";
import { describe, expect, it } from "vitest";
import type { DeadLetter, DeadLetterFilter, DeadLetters } from "./port.js";

export const aLetter = (overrides: Partial<DeadLetter> = {}): DeadLetter => ({
  shard: shardId("shardId-000000000000"),
  sequence: sequenceNumber(1),
  subsequence: 0,
  arrivalMs: epochMs(1_700_000_000_000),
  reason: "wrong_type",
  detail: "dwellMs: expected integer",
  type: "article_view",
  id: "id-1",
  timeMs: epochMs(1_700_000_000_000),
  body: Buffer.from('{"type":"article_view"}'),
  ...overrides,
});

const numbered = (
  count: number,
  overrides: (index: number) => Partial<DeadLetter> = () => ({}),
): DeadLetter[] =>
  Array.from({ length: count }, (_, index) =>
    aLetter({
      sequence: sequenceNumber(index + 1),
      id: `id-${index}`,
      arrivalMs: epochMs(1000 + index),
      ...overrides(index),
    }),
  );

const ids = (letters: readonly DeadLetter[]) => letters.map((letter) => letter.id);

/** How finely the longer tests go; a server that is slow in a test is asked less often. */
export interface Grain {
  readonly pageLimits: readonly number[];
  readonly lettersPerPut: number;
}

export interface DeadLettersFactory {
  /** Holds at most so many letters. */
  open(lettersMax: number): Promise<DeadLetters>;
}

/** What every store of dead letters must do. */
export const deadLettersContract = (
  name: string,
  factory: DeadLettersFactory,
  { pageLimits, lettersPerPut }: Grain = { pageLimits: [1, 7, 100], lettersPerPut: 1 },
): void => {
  const open = () => factory.open(1000);
  const all = async (store: DeadLetters, filter: Omit<DeadLetterFilter, "limit">, limit: number) => {
    const found: DeadLetter[] = [];
    let pages = 0;
    for (let after: string | undefined; ; ) {
      const page = await store.search({ ...filter, limit, ...(after === undefined ? {} : { after }) });
      expect(page.letters.length).toBeLessThanOrEqual(limit);
      found.push(...page.letters);
      pages += 1;
      if (page.next === null) return { found, pages };
      after = page.next;
    }
  };

  describe(`${name} keep the dead letters' contract`, () => {
    it("gives back a letter as it was put", async () => {
      const store = await open();
      const letters = [
        aLetter({ body: Uint8Array.of(0, 255, 0x7b), detail: "ключ 🙂" }),
        aLetter({
          sequence: sequenceNumber(2),
          type: null,
          id: null,
          timeMs: null,
          reason: "malformed",
          body: new Uint8Array(0),
        }),
      ];
      await store.put(letters);
      const { letters: found } = await store.search({ limit: 10 });
      expect(found.map((letter) => ({ ...letter, body: [...letter.body] }))).toEqual(
        [...letters].reverse().map((letter) => ({
          ...letter,
          body: [...letter.body],
          replay: null,
          place: expect.any(String),
        })),
      );
    });

    it("counts a position once, however often it is put", async () => {
      const store = await open();
      const letters = numbered(20);
      await store.put(letters);
      await store.put(letters.slice(5));
      await store.put([letters[0] as DeadLetter, letters[0] as DeadLetter]);
      await store.put([
        aLetter({ ...letters[0], subsequence: 1 }),
        aLetter({ ...letters[0], shard: shardId("shardId-000000000001") }),
      ]);
      expect(await store.count()).toBe(22);
      expect((await store.search({ limit: 100 })).letters).toHaveLength(22);
    });

    it("finds by reason, type, arrival and text, newest first, page by page", async () => {
      const store = await open();
      const reasons: readonly Reason[] = ["malformed", "unknown_type", "wrong_type"];
      const letters = numbered(60, (index) => ({
        reason: reasons[index % 3] as Reason,
        type: index % 2 === 0 ? "even" : "odd",
        detail: index % 5 === 0 ? "Temperature too HIGH" : "other",
        body: Buffer.from(index === 42 ? '{"note":"Ключ 🙂"}' : "{}"),
      }));
      await store.put(letters);
      const newestFirst = [...letters].reverse();
      const filters: readonly [
        Omit<DeadLetterFilter, "limit">,
        (letter: DeadLetter, index: number) => boolean,
      ][] = [
        [{}, () => true],
        [{ reason: "malformed" }, (letter) => letter.reason === "malformed"],
        [{ type: "odd" }, (letter) => letter.type === "odd"],
        [
          { fromMs: epochMs(1010), toMs: epochMs(1020) },
          (letter) => letter.arrivalMs >= 1010 && letter.arrivalMs <= 1020,
        ],
        [{ text: "too high" }, (letter) => letter.detail.includes("HIGH")],
        [{ text: "ключ 🙂" }, (letter) => letter.id === "id-42"],
        [{ text: "ID-7" }, (letter) => letter.id === "id-7"],
        [
          { reason: "wrong_type", type: "even", fromMs: epochMs(1030) },
          (letter) => letter.reason === "wrong_type" && letter.type === "even" && letter.arrivalMs >= 1030,
        ],
        [{ type: "neither" }, () => false],
      ];
      for (const [filter, matches] of filters) {
        for (const limit of pageLimits) {
          const { found } = await all(store, filter, limit);
          expect(ids(found)).toEqual(ids(newestFirst.filter(matches)));
        }
      }
      expect((await all(store, {}, 7)).pages).toBeGreaterThan(5);
    });

    it("goes on at the same place when newer letters come between two pages", async () => {
      const store = await open();
      await store.put(numbered(10));
      const first = await store.search({ limit: 4 });
      await store.put([aLetter({ sequence: sequenceNumber(99), arrivalMs: epochMs(5000), id: "new" })]);
      const second = await store.search({ limit: 100, after: first.next as string });
      expect(ids([...first.letters, ...second.letters])).toEqual(ids(numbered(10).reverse()));
    });

    it("drops the oldest when there are too many", async () => {
      const store = await factory.open(50);
      const singly = numbered(80);
      for (let from = 0; from < singly.length; from += lettersPerPut)
        await store.put(singly.slice(from, from + lettersPerPut));
      await store.put(numbered(200).slice(80));
      expect(await store.count()).toBe(50);
      expect(ids((await all(store, {}, 100)).found)).toEqual(ids(numbered(200).slice(150).reverse()));
    });

    it("finds letters by their places, and notes which were replayed, also when they are put again", async () => {
      const store = await open();
      await store.put(numbered(10));
      const { letters } = await store.search({ limit: 10 });
      const places = letters.slice(2, 5).map(({ place }) => place);
      const unknown = ["", "AAAA", "not base64 !", `${places[0]}x`, "x".repeat(500)];
      expect(ids(await store.find([...places, ...unknown]))).toEqual(["id-7", "id-6", "id-5"]);
      const replay = { id: "r1", atMs: epochMs(9_000) };
      await store.markReplayed([...places, ...unknown], replay);
      await store.put(numbered(10));
      expect(ids((await all(store, { replayed: true }, 2)).found)).toEqual(["id-7", "id-6", "id-5"]);
      expect(ids((await all(store, { replayed: false }, 3)).found)).toHaveLength(7);
      expect((await store.find(places)).map((letter) => letter.replay)).toEqual([replay, replay, replay]);
      const again = { id: "r2", atMs: epochMs(9_001) };
      await store.markReplayed(places.slice(0, 1), again);
      expect((await store.find(places)).map((letter) => letter.replay)).toEqual([again, replay, replay]);
      expect(await store.count()).toBe(10);
    });

    it("cuts a body that is too long", async () => {
      const store = await open();
      await store.put([aLetter({ body: Buffer.alloc(200_000, 97) })]);
      const [letter] = (await store.search({ limit: 1 })).letters;
      expect(letter?.body.length).toBe(64 * 1024);
    });
  });
};
