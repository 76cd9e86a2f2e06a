import { defineApp, toAppDocument } from "../define.js";
import { event } from "./define.js";
import { createEventReader } from "./reader.js";
import { t } from "./t.js";

/* Reading and judging events like GitHub's, on one core, against JSON.parse of the same bytes in the same run. */

const EVENTS = 266_105;
const ROUNDS = 7;
/** Seconds in which the whole file must be read, and times the cost of parsing alone: far above what is measured. */
const SECONDS_MAX = 1.5;
const RATIO_MAX = 4;

const github = event("github", {
  repo: t.string(),
  kind: t.enum(["push", "create", "watch", "fork"]),
  actor: t.string(),
  commits: t.optional(t.integer({ minimum: 0 })),
  action: t.optional(t.string()),
});
const reader = createEventReader(toAppDocument(defineApp({ events: [github], metrics: [] })));

const events = Array.from({ length: EVENTS }, (_, index) => {
  const kind = ["push", "create", "watch", "fork"][index % 4];
  const time = new Date(1_424_638_800_000 + index * 135).toISOString();
  const fields = {
    repo: `owner-${index % 977}/repository-${index % 10_007}`,
    kind,
    actor: `actor-${index % 9_973}`,
  };
  const more = kind === "push" ? { commits: index % 7 } : { action: "started" };
  return Buffer.from(
    JSON.stringify({ type: "github", id: `${2_598_740_042 + index}`, time, ...fields, ...more }),
  );
});

const secondsOf = (run: (bytes: Buffer) => unknown): number => {
  const start = performance.now();
  for (const bytes of events) run(bytes);
  return (performance.now() - start) / 1000;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const read: number[] = [];
const parsed: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  read.push(secondsOf((bytes) => reader.read(bytes)));
  parsed.push(secondsOf((bytes) => JSON.parse(bytes.toString("utf8")) as unknown));
}
const value = median(read);
console.log(`${EVENTS} events, ${ROUNDS} rounds, no randomness`);
console.log(JSON.stringify({ name: "read and judge events", value, unit: "s", max: SECONDS_MAX }));
console.log(
  JSON.stringify({
    name: "read and judge events",
    value,
    unit: "s",
    ratio: value / median(parsed),
    against: "JSON.parse",
    max: RATIO_MAX,
  }),
);
