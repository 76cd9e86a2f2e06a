import { applyChange, type LiveChange } from "@freshet/client";
import type { SeriesAnswer, SeriesPoint, TopAnswer, TopRow } from "@freshet/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LiveAnswer } from "../../reader/reader.js";
import { aTop } from "../../testing/fakeReader.js";
import { firstUpdate, type LiveUpdate } from "./liveUpdate.js";

const SEED = 5_310;
const KEYS = ["a", "b", "0", "__proto__", "é\u2028", '"\\\n', ""];

/** As JSON gives it. */
const parsed = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const status = fc.constantFrom("live" as const, "settled" as const, "partial" as const);
const values = fc.record({
  views: fc.constantFrom<number | string | null>(0, -1, 2, "9007199254740993", null),
});
const row = fc.record<TopRow>({
  key: fc.record({ page: fc.constantFrom(...KEYS) }),
  values,
  score: fc.constantFrom(null, 0.5),
});
const point = fc.record<SeriesPoint>({ time: fc.constantFrom("t0", "t1", "t2", "t3"), status, values });
const top = fc
  .record({ rows: fc.array(row, { maxLength: 9 }), status })
  .map((given): TopAnswer => parsed(aTop(given)));
const series = fc
  .record({ points: fc.array(point, { maxLength: 9 }), status })
  .map(({ points, status: of }): SeriesAnswer => {
    const { rows: _, window: __, at: ___, atDefaulted: ____, by: _____, ...frame } = aTop({ status: of });
    return parsed({ ...frame, key: { page: "x" }, step: "1m", points });
  });

interface Heard {
  readonly kind: string;
  readonly id: string;
  readonly data: unknown;
}

const heard = (bytes: Buffer | null): Heard | null => {
  const [, id = "", kind = "", data = ""] =
    /^id: ([^\n]*)\nevent: ([^\n]*)\ndata: ([^\n]*)\n\n$/.exec(bytes?.toString() ?? "") ?? [];
  return bytes === null ? null : { kind, id, data: JSON.parse(data) };
};

const after = (held: LiveAnswer, event: Heard | null): LiveAnswer => {
  if (event === null) return held;
  return event.kind === "change" ? applyChange(held, event.data as LiveChange) : (event.data as LiveAnswer);
};

test(`who holds any earlier answer, and is told what changed since, holds the newest to the letter (seed ${SEED})`, () => {
  const tried = { change: 0, none: 0, rows: 0 };
  const answers = fc.oneof(
    fc.array(top, { minLength: 2, maxLength: 6 }),
    fc.array(series, { minLength: 2, maxLength: 6 }),
  );
  fc.assert(
    fc.property(answers, (told: readonly LiveAnswer[]) => {
      const [first, ...later] = told;
      const updates = [firstUpdate(first as LiveAnswer)];
      for (const answer of later) updates.push((updates.at(-1) as LiveUpdate).next(answer));
      const update = updates.at(-1) as LiveUpdate;
      const ids = updates.map(({ id }) => id);
      const newest = told.at(-1) as LiveAnswer;
      for (const [index, id] of ids.entries()) {
        const event = heard(update.since(id));
        if (event === null) tried.none++;
        if (event?.kind === "change") {
          tried.change++;
          expect((event.data as LiveChange).of).toBe(id);
          if ((event.data as LiveChange).rows) tried.rows++;
        }
        expect(after(told[index] as LiveAnswer, event)).toStrictEqual(newest);
        expect(event?.id ?? id).toBe(ids.at(-1));
      }
      expect(heard(update.since(null))?.data).toStrictEqual(newest);
      expect(heard(update.since("unknown"))?.kind).toBe("answer");
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  expect(Math.min(...Object.values(tried))).toBeGreaterThan(300);
});

const rowsOf = (count: number, changed: (index: number) => number): TopRow[] =>
  Array.from({ length: count }, (_, index) => ({
    key: { page: `p${index}` },
    values: { views: changed(index) },
    score: null,
  }));

test("tells only the rows that are other, and runs of those that stay", () => {
  const before = rowsOf(1_000, () => 1);
  const moved = [before[700] as TopRow, ...before.slice(0, 700), ...before.slice(701)];
  moved[10] = { ...(moved[10] as TopRow), values: { views: 2 } };
  const first = firstUpdate(aTop({ rows: before }));
  expect(heard(first.next(aTop({ rows: moved })).since(first.id))?.data).toEqual({
    of: first.id,
    set: {},
    rows: [[700, 701], [0, 9], moved[10], [10, 700], [701, 1_000]],
  });
});

test("keeps a bounded past: an answer that is too long ago, or too large, is told whole", () => {
  const since = (count: number, rowCount: number): (string | undefined)[] => {
    let update = firstUpdate(aTop({ at: "first" }));
    const ids = [update.id];
    for (let index = 1; index <= count; index++) {
      update = update.next(aTop({ at: `${index}`, rows: rowsOf(rowCount, () => 1) }));
      ids.push(update.id);
    }
    return ids.map((id) => heard(update.since(id))?.kind);
  };
  const short = since(40, 3);
  expect(short.filter((kind) => kind === "change").length).toBe(32);
  expect(short.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => "answer"));
  const large = since(5, 8_000);
  expect(large).toEqual(["answer", "answer", "answer", "answer", "change", undefined]);
});
