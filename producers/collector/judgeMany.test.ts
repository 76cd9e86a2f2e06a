import { defineApp, event, t } from "@freshet/model";
import { entriesOfSpans } from "@freshet/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import { EventLines, type IntakeEvent, OversizeEvent } from "./event.js";
import { compileJudge, encodeEvent, type Judged } from "./judge.js";
import { compileJudgeMany, type JudgedMany } from "./judgeMany.js";

const SEED = 20_261_127;
const SEGMENT_MS = 1_000;
const NOW_MS = Date.UTC(2026, 2, 1, 12);
const DAY_MS = 86_400_000;

const order = event("order", { n: t.integer(), note: t.optional(t.string()) });
const visit = event("visit", { user: t.string() }, { partitionKey: (e) => e.user });
const app = defineApp({
  events: [order, visit],
  metrics: [],
  settings: { eventBytesMax: 400 },
}).document;

const id = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom("", "é", "\u{1f600}", "x".repeat(256), "é".repeat(128), "x".repeat(257), "\ud800", 'a"$b'),
);
const time = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2_000, max: 2_000 }).map((ms) => NOW_MS + ms) },
  fc
    .constantFrom(-31 * DAY_MS, -30 * DAY_MS, -30 * DAY_MS + 1, 3_600_000, 3_601_000)
    .map((ms) => NOW_MS + ms),
  fc.constantFrom("2026-03-01T12:00:00Z", "2026-03-01T13:00:00.000+01:00", "yesterday", null),
);
const marks = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.constantFrom<object>(
    { $bounds: [40 * DAY_MS, 0] },
    { $bounds: [0, 0] },
    { $bounds: "wide" },
    { $version: 1 },
    { $version: 2 },
    { $trace: "00-1" },
    { $replayed: "x".repeat(390) },
  ),
);
const fields = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ n: fc.integer(), user: fc.constantFrom("u", "", "é", "u".repeat(300)) }),
  },
  fc.constantFrom<object>(
    { n: "1", user: 1 },
    {},
    { n: 1, user: "u", note: "x".repeat(400) },
    { n: 2 ** 53, user: "u" },
  ),
);
const wellFormed = fc
  .record({
    type: fc.constantFrom("order", "order", "visit", "ordre"),
    id,
    time,
    marks,
    fields,
    first: fc.boolean(),
  })
  .map(({ type, id: of, time: at, marks: given, fields: own, first }) => {
    const envelope = { type, id: of, time: at };
    return first ? { ...given, ...envelope, ...own } : { ...own, ...envelope, ...given };
  });
const written = wellFormed.chain((each) => {
  const text = JSON.stringify(each);
  return fc.constantFrom(
    text,
    ` ${text}`,
    `${text} `,
    `${text}{`,
    text.slice(0, -1),
    text.replaceAll("$", "\\u0024"),
    text.replaceAll('"n"', '"\\u006e"'),
    `[${text}]`,
  );
});
const intakeEvent: fc.Arbitrary<IntakeEvent> = fc.oneof(
  { weight: 6, arbitrary: wellFormed },
  { weight: 6, arbitrary: written.map((text) => Buffer.from(text)) },
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom<IntakeEvent>(
    Buffer.from([0, 1]),
    Buffer.from([0xf3, 0x89, 0x9a, 0xc2]),
    Buffer.from('{"type":"order","id":"\xff"}', "latin1"),
    Buffer.alloc(0),
    new OversizeEvent(Buffer.from("{"), 5_000_000_000),
  ),
);

const foundOf = ({ spans, rejections }: JudgedMany): readonly Judged[] =>
  entriesOfSpans(spans).map(({ partitionKey, data }, index) => ({
    ...{ partitionKey, data },
    rejection: rejections.get(index) ?? null,
  }));

/** The same events in one buffer; null where they are not all bytes. */
const asLines = (events: readonly IntakeEvent[]): EventLines | null => {
  const starts: number[] = [];
  const ends: number[] = [];
  let bytes = Buffer.from("\n");
  for (const event of events) {
    if (event instanceof OversizeEvent) return null;
    starts.push(bytes.length);
    bytes = Buffer.concat([bytes, encodeEvent(event)]);
    ends.push(bytes.length);
    bytes = Buffer.concat([bytes, Buffer.from("\n")]);
  }
  return new EventLines(bytes, starts, ends);
};

it(`judges many as each would be judged by itself (seed ${SEED})`, () => {
  const one = compileJudge(app, SEGMENT_MS);
  const many = compileJudgeMany(app, SEGMENT_MS);
  const met: Record<string, number> = {};
  const note = (what: string): void => {
    met[what] = (met[what] ?? 0) + 1;
  };
  fc.assert(
    fc.property(fc.array(intakeEvent, { maxLength: 12 }), fc.boolean(), (events, trusted) => {
      const arrivalMsOf = (index: number): number => NOW_MS + index * 700;
      const wanted = events.map((each, index) => one.judge(each, trusted, arrivalMsOf(index)));
      const plain = (judged: readonly Judged[]) =>
        judged.map((each) => ({ ...each, data: Buffer.from(each.data).toString("latin1") }));
      expect(plain(foundOf(many.judge(events, trusted, arrivalMsOf)))).toEqual(plain(wanted));
      const lines = asLines(events);
      if (lines === null) return;
      expect(plain(foundOf(many.judge(lines, trusted, arrivalMsOf)))).toEqual(plain(wanted));
      note("lines");
      for (const { rejection, data } of wanted) {
        note(rejection?.reason ?? "stored");
        if (rejection === null && Buffer.from(data).includes("$bounds")) note("own bounds");
      }
    }),
    { seed: SEED, numRuns: 3_000 },
  );
  const reasons = "malformed missing_field wrong_type unknown_type unknown_version out_of_range too_large";
  for (const what of [...reasons.split(" "), "time_out_of_bounds", "stored", "own bounds", "lines"])
    expect([what, (met[what] ?? 0) > 30]).toEqual([what, true]);
});
