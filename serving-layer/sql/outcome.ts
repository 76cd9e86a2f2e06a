import type { Missing, Status } from "@freshet/model";
import type { Refusal, ResultColumn, SqlFormat } from "./process/messages.js";

export interface SqlQuestion {
  readonly sql: string;
  readonly format: SqlFormat;
  /** Rows; `rowsDefault` by default. */
  readonly limit?: number | undefined;
  /** Whoever asked is gone: the statement is given up. */
  readonly gone?: AbortSignal;
}

/** What a statement rests on. */
export interface SqlFrame {
  /** Of the metrics that it reads, over all that is known; null where it reads none. */
  readonly status: Status | null;
  readonly batchThrough: string | null;
  readonly missing: readonly Missing[];
  readonly generation: number | null;
  /** Of the view. */
  readonly version: string;
  readonly tables: readonly string[];
}

export interface SqlAnswered {
  readonly frame: SqlFrame;
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  readonly truncated: boolean;
  readonly elapsedMs: number;
  readonly format: SqlFormat;
  /** The rows: as JSON an array of arrays, else a whole file. Removed by `dispose`. */
  readonly file: string;
  readonly bytes: number;
  dispose(): Promise<void>;
}

/** Why a statement has no answer, and what to change. */
export type SqlProblem =
  | Refusal
  | { readonly kind: "too_slow"; readonly seconds: number }
  | { readonly kind: "too_much_memory"; readonly memoryMb: number }
  | { readonly kind: "live_too_large"; readonly groups: number; readonly megabytes: number }
  /** Nothing is wrong with the statement: it can be asked again. */
  | { readonly kind: "unavailable"; readonly detail: string };

export type SqlOutcome =
  | { readonly kind: "answered"; readonly answer: SqlAnswered }
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly problem: SqlProblem };
