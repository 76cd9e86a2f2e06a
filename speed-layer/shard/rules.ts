import type { Tick } from "@freshet/model";
import type { Columns, Scanner } from "../columns/columns.js";

/** What judges the events of a tick. Ticks with equal rules share one. */
export interface Judge {
  readonly revision: number;
  readonly scanner: Scanner;
  /** Columns of no events: which metrics there are. */
  readonly empty: Columns;
}

/** The schedule, as far as it is known and loaded here. */
export interface RuleBook {
  /** Null: not known, or not loaded, yet. What was answered once holds for ever. */
  judgeAt(tick: Tick): Judge | null;
  /** Reads the schedule again and loads what the tick needs. False: the tick lies beyond `knownThrough`. */
  prepare(tick: Tick): Promise<boolean>;
}
