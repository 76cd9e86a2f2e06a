import type { LoadResult } from "../runLoad.js";
import type { SearchStep } from "../search.js";

/** What `freshet load` says in the end. */
export interface LoadReport {
  readonly format: 1;
  readonly mode: "hold" | "search";
  readonly freshnessMsMax: number;
  /** Of the machine that sent. */
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  readonly steps: readonly SearchStep[];
  /** The highest rate that held; null where none was searched for, 0 where none did. */
  readonly highestPerSecond: number | null;
  readonly runs: readonly LoadResult[];
}
