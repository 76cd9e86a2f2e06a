import { createRandom, type Random } from "../../random/random.js";
import { CLICK_BYTES_MAX, createClickWriter } from "../clicks/clickWriter.js";
import { createDueTimes } from "../rate/dueTimes.js";
import type { EventSource } from "../source.js";
import { createAnswerBook } from "./answerBook.js";
import { type Copy, createCopies } from "./copies.js";
import { checkGenerated, type GeneratedOptions, HOT_KEY, type LateTail } from "./options.js";

const drawLateMs = (random: Random, { leastMs, exponent, mostMs }: LateTail): number =>
  Math.min(mostMs, Math.floor(leastMs * (1 - random.unit()) ** (-1 / exponent)));

const drawBetween = (random: Random, [least, most]: readonly [number, number]): number =>
  least + random.integer(most - least + 1);

/**
 * Clicks on a news site with knobs: how fast they come, how many keys there are and how skewed, late tail, duplicates, bad events,
 * clocks that are off, a hot partition key. A copy takes the place of a new event, so that the rate is what it is meant to be.
 * @throws RangeError for options that cannot be.
 */
export const createGenerated = (options: GeneratedOptions): EventSource => {
  checkGenerated(options);
  const { seed, fromMs, shares, lateTail, clocks } = options;
  const random = createRandom(seed, "generated");
  const writer = createClickWriter(random, {
    ...options,
    eventsPerSecond: 0,
    shares: { ...shares, duplicate: 0, odd: 0 },
  });
  const skewsMs = Int32Array.from({ length: clocks.producers }, () =>
    Math.round((2 * random.unit() - 1) * clocks.skewMaxMs),
  );
  const times = createDueTimes(options.rate, options.durationMs);
  const copies = createCopies();
  const book = createAnswerBook();
  let partitionKey: string | null = null;

  const lateBelow = shares.late;
  const badBelow = lateBelow + shares.bad;
  const nearBelow = badBelow + shares.nearDuplicate;
  const farBelow = nearBelow + shares.farDuplicate;
  const shardBelow = farBelow + shares.shardDuplicate;

  const writeBad = (bytes: Uint8Array, at: number, timeMs: number): number => {
    if (random.chance(0.5)) {
      book.reject("missing_field");
      return writer.view(bytes, at, timeMs, "short");
    }
    book.reject("malformed");
    const end = writer.view(bytes, at, timeMs, "well");
    return at + 1 + random.integer(end - at - 1);
  };

  const writeWell = (bytes: Uint8Array, at: number, timeMs: number, isLate: boolean): number => {
    if (!random.chance(shares.view)) {
      book.accept(isLate);
      return writer.other(bytes, at, timeMs);
    }
    const end = writer.view(bytes, at, timeMs, "well");
    const { dwellMs, article, cluster } = writer;
    book.acceptView({ timeMs, dwellMs, article, cluster }, isLate);
    return end;
  };

  const copyOf = (dueMs: number, fate: number, event: Uint8Array): Copy => {
    const kept = Uint8Array.from(event);
    if (fate < nearBelow)
      return { dueMs: dueMs + drawBetween(random, options.nearMs), event: kept, partitionKey, kind: "near" };
    if (fate < farBelow)
      return { dueMs: dueMs + drawBetween(random, options.farMs), event: kept, partitionKey, kind: "far" };
    const other = `again-${random.integer(2 ** 32)}`;
    return {
      dueMs: dueMs + drawBetween(random, options.nearMs),
      event: kept,
      partitionKey: other,
      kind: "shard",
    };
  };

  return {
    eventBytesMax: CLICK_BYTES_MAX,
    get dueMs() {
      return times.dueMs;
    },
    get partitionKey() {
      return partitionKey;
    },
    write(bytes, at) {
      const { dueMs } = times;
      times.advance();
      const copy = copies.takeDue(dueMs);
      if (copy) {
        partitionKey = copy.partitionKey;
        book.duplicate(copy.kind !== "near");
        bytes.set(copy.event, at);
        return at + copy.event.length;
      }
      partitionKey = shares.hot > 0 && random.chance(shares.hot) ? HOT_KEY : null;
      const timeMs = fromMs + Math.floor(dueMs) + (skewsMs[random.integer(skewsMs.length)] as number);
      const fate = random.unit();
      if (fate < lateBelow) return writeWell(bytes, at, timeMs - drawLateMs(random, lateTail), true);
      if (fate < badBelow) return writeBad(bytes, at, timeMs);
      const end = writeWell(bytes, at, timeMs, false);
      if (fate < shardBelow) copies.add(copyOf(dueMs, fate, bytes.subarray(at, end)));
      return end;
    },
    answers: book.answers,
  };
};
