import { createRandom } from "../../random/random.js";
import { weightedSampler, zipfWeights } from "../../random/sampler.js";
import type { EventSource } from "../source.js";
import { createGenerated } from "./generatedSource.js";
import { DEFAULT_GENERATED } from "./options.js";

/*
 * Generated events as bytes, one core, beside what one would write without a thought for speed: an object an event, JSON.stringify,
 * toISOString, encodeInto. Both keep the same known answers' worth of counts (a total, and a pane's count).
 */
const EVENTS = Number(process.env["FRESHET_BENCH_EVENTS"] ?? 1_000_000);
const ROUNDS = Number(process.env["FRESHET_BENCH_ROUNDS"] ?? 5);
const MUST_RATE = 1_000_000;
const RATIO_MIN = 2;
const PER_SECOND = 250_000;
const ROOM_BYTES = 2 ** 20;
const FROM_MS = Date.UTC(2026, 0, 5, 12);

const aSource = (): EventSource =>
  createGenerated({
    ...DEFAULT_GENERATED,
    fromMs: FROM_MS,
    durationMs: (EVENTS / PER_SECOND) * 1_000,
    rate: { kind: "steady", perSecond: PER_SECOND },
  });

const generate = (): number => {
  const source = aSource();
  const room = new Uint8Array(ROOM_BYTES);
  let bytes = 0;
  for (let at = 0; source.dueMs < Number.POSITIVE_INFINITY; ) {
    if (at + source.eventBytesMax > ROOM_BYTES) at = 0;
    const end = source.write(room, at);
    bytes += end - at;
    at = end;
  }
  return bytes;
};

const generatePlainly = (): number => {
  const { seed, articles, zipfExponent, clusters, users, shares } = DEFAULT_GENERATED;
  const random = createRandom(seed, "plain");
  const article = weightedSampler(zipfWeights(articles, zipfExponent));
  const encoder = new TextEncoder();
  const room = new Uint8Array(ROOM_BYTES);
  const panes = new Map<string, number>();
  let bytes = 0;
  let at = 0;
  for (let index = 0; index < EVENTS; index++) {
    const timeMs = FROM_MS + (index * 1_000) / PER_SECOND;
    const event = {
      type: random.chance(shares.view) ? "article_view" : "search",
      id: `${timeMs.toString(36)}-${random.integer(2 ** 32).toString(36)}-${random.integer(2 ** 32).toString(36)}`,
      time: new Date(timeMs).toISOString(),
      article: `a${100_000 + article(random)}`,
      cluster: `c${10 + random.integer(clusters)}`,
      user: `u${1_000_000 + random.integer(users)}`,
      dwellMs: random.integer(60_000),
      device: random.pick(["mobile", "desktop", "tablet"]),
      referrer: "https://news.example/front",
    };
    panes.set(event.time.slice(0, 16), (panes.get(event.time.slice(0, 16)) ?? 0) + 1);
    if (at + 1_024 > ROOM_BYTES) at = 0;
    const { written } = encoder.encodeInto(JSON.stringify(event), room.subarray(at));
    at += written;
    bytes += written;
  }
  return bytes;
};

const secondsOf = (work: () => number): number => {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) / 1_000;
};

const rounds = Array.from({ length: ROUNDS }, () => {
  const plain = secondsOf(generatePlainly);
  const ours = secondsOf(generate);
  return { perSecond: EVENTS / ours, ratio: plain / ours };
});
const middle = (of: (round: (typeof rounds)[number]) => number): number =>
  rounds.map(of).sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;

console.log(
  JSON.stringify({
    name: "generated events with known answers, one core",
    value: Math.round(middle(({ perSecond }) => perSecond)),
    unit: "events/s",
    ratio: middle(({ ratio }) => ratio),
    against: "an object and JSON.stringify an event",
    min: RATIO_MIN,
    mustRate: MUST_RATE,
    best: Math.round(Math.max(...rounds.map(({ perSecond }) => perSecond))),
    ...{ events: EVENTS, rounds: ROUNDS, seed: DEFAULT_GENERATED.seed },
  }),
);
