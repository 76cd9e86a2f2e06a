import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EpochMs } from "../brand.js";
import type { KeyBaseline } from "./baseline.js";
import { expectationOf } from "./expectation.js";
import { groupPrior } from "./prior.js";
import { trendScore } from "./score.js";
import { SLOTS, slotOf, TREND_WIDTHS_MS } from "./slot.js";
import { countWindows, type WindowCounts, windowCounts } from "./windowCounts.js";

/** Made by `fixtures/rank.py`, which knows the formulas and nothing of this code. By width: 15 m, then 60 m. */
interface RankCase {
  readonly name: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly askedMs: EpochMs;
  readonly elapsed: readonly number[];
  readonly rows: readonly RankRow[];
  readonly order: readonly string[];
}

interface RankRow {
  readonly key: string;
  readonly group: string;
  readonly kind: string;
  readonly counts: readonly number[];
  readonly firstMs: readonly (EpochMs | null)[];
  readonly baselines: readonly (readonly [number[], number[], number[]])[];
  readonly score: number;
}

const cases = JSON.parse(readFileSync(new URL("fixtures/rank.json", import.meta.url), "utf8")) as RankCase[];
const NEVER = windowCounts(new Array<number>(SLOTS).fill(0));

const baselineAt = (row: RankRow, width: number): KeyBaseline => {
  const [slots, s, q] = row.baselines[width]!;
  return { slots, s, q };
};

const scoresOf = (rankCase: RankCase): Map<string, number> => {
  const countsOf = (row: RankRow, width: number): WindowCounts => {
    const first = row.firstMs[width]!;
    return first === null ? NEVER : countWindows(first, rankCase.toMs, TREND_WIDTHS_MS[width]!, "UTC");
  };
  const memberOf = (row: RankRow, width: number) => ({
    baseline: baselineAt(row, width),
    counts: countsOf(row, width),
  });
  const priors = new Map(
    rankCase.rows.map(({ group }) => {
      const rows = rankCase.rows.filter((row) => row.group === group);
      return [group, TREND_WIDTHS_MS.map((_, width) => groupPrior(rows.map((row) => memberOf(row, width))))];
    }),
  );
  const slot = slotOf(rankCase.askedMs, "UTC");
  const scoreOf = (row: RankRow): number =>
    trendScore(
      TREND_WIDTHS_MS.map((_, width) => {
        const { baseline, counts } = memberOf(row, width);
        const prior = priors.get(row.group)![width]!;
        const expectation = expectationOf(baseline, counts, prior, slot);
        return { count: row.counts[width]!, elapsed: rankCase.elapsed[width]!, expectation };
      }),
    );
  return new Map(rankCase.rows.map((row) => [row.key, scoreOf(row)]));
};

describe("trendScore against the formulas in exact arithmetic", () => {
  it.each(cases)("has the same scores and the same order: $name", (rankCase) => {
    const scores = scoresOf(rankCase);
    for (const { key, score } of rankCase.rows) {
      const error = Math.abs(scores.get(key)! - score) / Math.max(1, Math.abs(score));
      expect({ key, close: error < 1e-9 }).toEqual({ key, close: true });
    }
    const order = [...scores.keys()].toSorted((a, b) => scores.get(b)! - scores.get(a)! || (a < b ? -1 : 1));
    expect(order).toEqual(rankCase.order);
  });

  it("covers every kind of key, every pooling and partial windows", () => {
    const rows = cases.flatMap((rankCase) => rankCase.rows);
    expect(rows).toHaveLength(200);
    expect([...new Set(rows.map(({ kind }) => kind))].toSorted()).toEqual([
      "bursty",
      "lively",
      "quiet",
      "unseen",
      "young",
    ]);
    const poolings = cases.flatMap(({ rows: keys, toMs }) =>
      keys.flatMap(({ firstMs }) =>
        firstMs.flatMap((first, width) =>
          first === null ? [] : [countWindows(first, toMs, TREND_WIDTHS_MS[width]!, "UTC").pooling],
        ),
      ),
    );
    expect(new Set(poolings)).toEqual(new Set(["slot", "hour", "all"]));
    expect(cases.some(({ elapsed }) => elapsed.some((part) => part < 1))).toBe(true);
  });
});
