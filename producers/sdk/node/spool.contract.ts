import { expect, it } from "vitest";
import type { Spool } from "./spool.js";

/** A spool that several opens see, for one test. */
export interface SpoolUnderTest {
  open(): Promise<Spool>;
}

export interface SpoolKind {
  /** @param roomBytes an append of so much has no room; half of it has */
  readonly prepare: (roomBytes: number) => Promise<SpoolUnderTest>;
  /** Whether entries come in the order in which they were appended. */
  readonly isOrdered: boolean;
}

const ROOM_BYTES = 150_000;
const ENTRIES = 60;
/** One look gives a part of what is there, or for once nothing. */
const EMPTY_LOOKS = 3;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (entry: Uint8Array): string => new TextDecoder().decode(entry);

const drained = async (spool: Spool): Promise<readonly string[]> => {
  const texts: string[] = [];
  for (let empty = 0; empty < EMPTY_LOOKS; ) {
    const segment = await spool.oldest();
    if (segment === null) {
      empty += 1;
      continue;
    }
    texts.push(...segment.entries.map(textOf));
    await segment.remove();
  }
  return texts;
};

/** What every spool promises, wherever it keeps its entries. */
export const spoolContract = ({ prepare, isOrdered }: SpoolKind): void => {
  const inOrder = (texts: readonly string[]): readonly string[] => (isOrdered ? texts : texts.toSorted());

  it("gives back what was put in, over restarts, and then is empty", async () => {
    const { open } = await prepare(ROOM_BYTES * 100);
    const first = await open();
    const texts = Array.from({ length: ENTRIES }, (_, n) => `${n} ${"é\u0000x".repeat(n * 100)}`);
    for (let n = 0; n < ENTRIES; n += 3)
      expect(await first.append(texts.slice(n, n + 3).map(bytesOf))).toBe(true);
    await first.close();
    const second = await open();
    await second.append([bytesOf("last"), bytesOf("")]);
    expect(inOrder(await drained(second))).toEqual(inOrder([...texts, "last", ""]));
    expect(await drained(second)).toEqual([]);
    await second.close();
  });

  it("takes all of an append or, when there is no room, none", async () => {
    const { open } = await prepare(ROOM_BYTES);
    const spool = await open();
    const large = bytesOf("x".repeat(ROOM_BYTES));
    expect(await spool.append([bytesOf("a"), large])).toBe(false);
    expect(await spool.append([large])).toBe(false);
    expect(await spool.append([bytesOf("b".repeat(ROOM_BYTES / 2))])).toBe(true);
    expect(await drained(spool)).toEqual(["b".repeat(ROOM_BYTES / 2)]);
    expect(await spool.append([bytesOf("c".repeat(ROOM_BYTES / 2))])).toBe(true);
    await spool.close();
  });

  it("goes on to take entries while its oldest are read, and gives a segment again until it is removed", async () => {
    const { open } = await prepare(ROOM_BYTES);
    const spool = await open();
    await spool.append([bytesOf("a")]);
    const segment = await spool.oldest();
    await spool.append([bytesOf("b")]);
    expect((await spool.oldest())?.entries.map(textOf)).toEqual(["a"]);
    await segment?.remove();
    await segment?.remove();
    expect(await drained(spool)).toEqual(["b"]);
    await spool.close();
  });

  it("keeps for the next process what this one read and did not remove", async () => {
    const { open } = await prepare(ROOM_BYTES);
    const first = await open();
    await first.append([bytesOf("a"), bytesOf("b")]);
    expect((await first.oldest())?.entries).toHaveLength(2);
    await first.close();
    const second = await open();
    expect(inOrder(await drained(second))).toEqual(["a", "b"]);
    await second.close();
  });
};
