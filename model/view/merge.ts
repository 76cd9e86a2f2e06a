import type { Measure } from "../measure/measure.js";

/** A group's state for every measure of its metric. */
export type GroupStates = unknown[];

export const zeroStates = (measures: readonly Measure[]): GroupStates =>
  measures.map((measure) => measure.zero());

/** The one merge: batch and increments, panes of a window, segments of a minute. Reuses `into`, leaves `from` as it is. */
export const mergeStates = (
  measures: readonly Measure[],
  into: GroupStates,
  from: readonly unknown[],
): GroupStates => {
  for (let index = 0; index < measures.length; index++) {
    into[index] = (measures[index] as Measure).merge(into[index], from[index]);
  }
  return into;
};

/** Some states of one measure as one, none of them touched: good until the next call only. */
export const together = (measure: Measure, states: readonly unknown[]): unknown =>
  measure.together?.(states) ??
  states.reduce((merged, state) => measure.merge(merged, state), measure.zero());

/** The rank of some states as one, none of them touched. */
export const rankTogether = (measure: Measure, states: readonly unknown[]): number =>
  measure.rankTogether?.(states) ?? measure.rank(together(measure, states));
