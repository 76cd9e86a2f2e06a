import {
  type DurationMs,
  type EpochMs,
  type Expectation,
  type GroupKey,
  type TimeRange,
  trendScore,
  type WindowReading,
  windowScore,
} from "@freshet/model";
import type { Expectations } from "../trend/readExpectations.js";
import { elapsedOf } from "../trend/trendWindows.js";
import type { StartTurns } from "../turns.js";
import type { Ranking } from "../window/rankings.js";
import type { Window } from "../window/window.js";
import { createRanks, type Refine } from "./ranks.js";
import type { Selection } from "./selection.js";

/** A window of the trend with the counts in it. */
export interface ScoredWindow {
  readonly widthMs: DurationMs;
  readonly window: Window;
  readonly counts: Ranking;
}

/** Keys by their score, which changes with every instant: kept are bounds, and only what can be among the first is reckoned. */
export interface ScoreRanks {
  /** Looks at keys that are new or have risen, in turns. */
  prepare(): Promise<void>;
  /**
   * Reckons what the first selection of a kind will ask for, in turns: of keys that nothing is known of yet, many can be among the
   * first.
   *
   * @param kind equal names accept the same keys
   */
  prepareSelection(
    kind: string,
    selection: Selection,
    newestMs: EpochMs,
    accept: (id: number) => boolean,
  ): Promise<void>;
  select(selection: Selection, newestMs: EpochMs, accept: (id: number) => boolean): void;
  /** False: what it is made from is no more. */
  holds(windows: readonly ScoredWindow[], expectations: Expectations, newestMs: EpochMs): boolean;
  release(): void;
}

/** Less than any key's dispersion: no score is above that of a key of which nothing else is known. */
const ALPHA_LEAST = 1e-6;
/** Kinds of selections of which it is kept that they were reckoned. */
const KINDS_MAX = 64;
/** What rounding may add. */
const SLACK = 1e-9;

export const createScoreRanks = async (
  source: {
    readonly on: number;
    readonly size: () => number;
    readonly keyOf: (id: number) => GroupKey;
    /** What a window's expectations depend on besides the key. */
    readonly slotOf: (range: TimeRange) => number;
    readonly startTurns: StartTurns;
  },
  windows: readonly ScoredWindow[],
  expectations: Expectations,
  fromMs: (range: TimeRange) => EpochMs,
  newestMs: EpochMs,
): Promise<ScoreRanks> => {
  const bounds = createRanks();
  const slots = windows.map(({ window }) => source.slotOf(window.range()));
  /** As time passes more is expected and scores fall: a bound is reckoned for the earliest instant that is asked about. */
  const earliest = windows.map(({ window }) =>
    Math.min(elapsedOf(window.range(), newestMs), elapsedOf(window.range(), fromMs(window.range()))),
  );
  const known = windows.map((): (Expectation | undefined)[] => []);

  const orNone = (count: number): number => (Number.isNaN(count) ? 0 : count);
  const boundOf = (id: number): number => {
    let sum = 0;
    for (const [at, window] of windows.entries()) {
      const count = orNone(window.counts.bound(id));
      const expectation = known[at]?.[id];
      if (expectation) sum += windowScore({ count, elapsed: earliest[at] as number, expectation });
      else {
        const unknown = { lambda: 0, alpha: ALPHA_LEAST };
        sum += Math.max(0, windowScore({ count, elapsed: 1, expectation: unknown }));
      }
    }
    const bound = sum / windows.length;
    return bound + Math.abs(bound) * SLACK + SLACK;
  };
  const scoreOf = (id: number, at: EpochMs): number =>
    trendScore(
      windows.map((scored, index): WindowReading => {
        const range = scored.window.range();
        const of = known[index] as (Expectation | undefined)[];
        while (of.length <= id) of.push(undefined);
        const expectation = of[id] ?? expectations.of(source.keyOf(id), scored.widthMs, range);
        of[id] = expectation;
        const count = orNone(scored.counts.rank(id));
        return { count, elapsed: elapsedOf(range, at), expectation };
      }),
    );

  /** Keys whose counts have risen: their bounds are too low until they are looked at. */
  const risen: number[] = [];
  const isRisen = new Set<number>();
  const rise = (id: number): void => {
    if (!isRisen.has(id)) risen.push(id);
    isRisen.add(id);
  };
  const stops = windows.map(({ window }) => window.onRise(source.on, rise));
  let through = 0;
  /** The bounds of one key that needs it; false: none does. */
  const boundNext = (): boolean => {
    const id = risen.pop();
    if (id !== undefined) {
      isRisen.delete(id);
      bounds.set(id, boundOf(id));
      return true;
    }
    if (through >= source.size()) return false;
    bounds.set(through, boundOf(through));
    through++;
    return true;
  };
  const prepare = async (): Promise<void> => {
    const turns = source.startTurns();
    while (boundNext()) if (turns.due()) await turns.next();
  };
  await prepare();

  const refineAt =
    (at: EpochMs, accept: (id: number) => boolean): Refine =>
    (id) => {
      if (!accept(id)) return Number.NaN;
      const score = scoreOf(id, at);
      bounds.set(id, boundOf(id));
      return score;
    };
  const selected = new Map<string, Promise<void>>();
  const selectInTurns = async (selection: Selection, refine: Refine): Promise<void> => {
    const turns = source.startTurns();
    for (const looks = bounds.steps(selection, refine); !looks.next().done; ) {
      if (turns.due()) await turns.next();
    }
  };

  return {
    prepare,
    prepareSelection(kind, selection, at, accept) {
      let ready = selected.get(kind);
      if (!ready) {
        if (selected.size >= KINDS_MAX) selected.clear();
        ready = selectInTurns(selection, refineAt(at, accept));
        selected.set(kind, ready);
      }
      return ready;
    },
    select(selection, at, accept) {
      while (boundNext());
      bounds.select(selection, refineAt(at, accept));
    },
    holds: (others, of, at) =>
      of === expectations &&
      others.every(({ window, counts }, index) => {
        const range = window.range();
        return (
          window === windows[index]?.window &&
          counts === windows[index]?.counts &&
          source.slotOf(range) === slots[index] &&
          elapsedOf(range, at) >= (earliest[index] as number)
        );
      }),
    release() {
      for (const stop of stops) stop();
    },
  };
};
