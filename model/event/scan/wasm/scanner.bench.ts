import { defineApp, toAppDocument } from "../../../define.js";
import { event } from "../../define.js";
import { t } from "../../t.js";
import { fingerprint, identitySeed } from "../../../measure/hash/fingerprint.js";
import { createDice } from "../fixtures/dice.js";
import { slicesOf } from "../fixtures/slices.js";
import type { EventSlices } from "../columns.js";
import { createCompiledScanner } from "../scanner.js";
import { createKernelScanner } from "./scanner.js";

/*
 * The scanner in WebAssembly, which makes fingerprints too, beside the one in generated JavaScript and a loop of
 * fingerprints: on flat events in one order and in two, of which it foresees but one, and on nested events.
 */
const SEED = 20261121;
const EVENTS = 90_000;
const BATCH_EVENTS = 4_500;
const ROUNDS = 7;
const view = event("view", {
  article: t.string({ minLength: 1, maxLength: 200 }),
  user: t.string(),
  dwellMs: t.integer({ minimum: 0, maximum: 86_400_000 }),
  device: t.enum(["mobile", "desktop", "tablet"]),
  page: t.optional(t.object({ url: t.string(), site: t.optional(t.string()) })),
});
const app = toAppDocument(defineApp({ events: [view], metrics: [] }));
const needs = [["article"], ["user"], ["dwellMs"], ["page", "site"]].map((path) => ({ event: "view", path }));

const dice = createDice(SEED);
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Numbers of as many digits as come. */
const some = (most: number): number => Math.floor(most ** (dice.integer(1_000) / 1_000));

const flat = (index: number) => ({
  type: "view",
  id: Array.from({ length: 26 }, () => LETTERS[dice.integer(32)]).join(""),
  time: new Date(1_763_700_000_000 + index * 3).toISOString(),
  article: `a${some(100_000)}`,
  user: `u${some(1_000_000)}`,
  dwellMs: some(86_400_000),
  device: dice.pick(["mobile", "desktop", "tablet"]),
});
const nested = (index: number) => ({
  ...flat(index),
  links: Object.fromEntries(
    Array.from({ length: 12 }, (_, link) => [
      `link_${link}_url`,
      `https://news.example/${"x".repeat(dice.integer(90))}`,
    ]),
  ),
  page: { counts: [index, 1, 2, { a: null, b: true }], url: "https://news.example", site: `s${some(1_000)}` },
});

const identity = identitySeed("view");
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const measure = (name: string, min: number, eventOf: (index: number) => object): void => {
  const batches = Array.from({ length: EVENTS / BATCH_EVENTS }, (_, batch) =>
    slicesOf(
      Array.from({ length: BATCH_EVENTS }, (__, index) =>
        Buffer.from(JSON.stringify(eventOf(batch * BATCH_EVENTS + index))),
      ),
    ),
  );
  const kernel = createKernelScanner(app, needs);
  const compiled = createCompiledScanner(app, needs);
  if (kernel === null) throw new Error("this Node has no WebAssembly with vectors");
  const words = new Uint32Array(BATCH_EVENTS * 4);
  const scanAndFingerprint = (batch: EventSlices): void => {
    const { count, timesMs, idStarts, idEnds } = compiled.scan(batch);
    for (let row = 0; row < count; row++)
      fingerprint(
        batch.bytes,
        idStarts[row] as number,
        idEnds[row] as number,
        timesMs[row] as number,
        identity,
        words,
        row,
      );
  };
  const nanosecondsOf = (scan: (batch: EventSlices) => unknown): number => {
    const start = performance.now();
    for (const batch of batches) scan(batch);
    return ((performance.now() - start) * 1e6) / EVENTS;
  };
  const rounds = Array.from({ length: ROUNDS }, () => ({
    kernel: nanosecondsOf(kernel.scan),
    compiled: nanosecondsOf(scanAndFingerprint),
  }));
  if (kernel.counts.plain + compiled.counts.plain > 0) throw new Error("the plain reader was asked");
  console.log(
    JSON.stringify({
      name: `scan ${name} in WebAssembly`,
      value: median(rounds.map((round) => round.kernel)),
      unit: "ns",
      ratio: median(rounds.map((round) => round.compiled / round.kernel)),
      against: "the rate of generated JavaScript",
      min,
      details: {
        events: EVENTS,
        rounds: ROUNDS,
        bytesPerEvent: Math.round((batches[0]?.appendedThrough ?? 0) / BATCH_EVENTS),
      },
    }),
  );
};

console.log(`${EVENTS} events in batches of ${BATCH_EVENTS}, ${ROUNDS} rounds, seed ${SEED}`);
measure("flat events", 1.25, flat);
measure("flat events, keys in two orders", 0.8, (index) =>
  index % 2 === 0 ? flat(index) : Object.fromEntries(Object.entries(flat(index)).reverse()),
);
measure("nested events", 1.3, nested);
