import type { Reason } from "@freshet/model";
import type { DeadLetterFilter } from "@freshet/storage";
import type { MetricEffect } from "./effect.js";
import type { Mend } from "./mend.js";

/** Which letters: some by their places, or what a filter finds, page by page. */
export type Chosen =
  | { readonly kind: "places"; readonly places: readonly string[] }
  | { readonly kind: "filter"; readonly filter: DeadLetterFilter };

export interface ReplayRequest {
  readonly chosen: Chosen;
  readonly mend: Mend;
  /** Nothing is sent or noted. */
  readonly dryRun: boolean;
  /** A key's id, for the audit. */
  readonly who: string;
}

export interface ReplayOutcome {
  /** Null of a dry run. */
  readonly id: string | null;
  readonly letters: number;
  /** Those of a filter that were replayed before: they are passed over. */
  readonly replayedBefore: number;
  /** Events that can be counted now, sent unless this was a dry run. */
  readonly mended: number;
  /** Letters that would be dead again, by reason; they are not sent. */
  readonly stillBad: Readonly<Partial<Record<Reason, number>>>;
  /** Why the first few of those are bad. */
  readonly samples: readonly { readonly place: string; readonly reason: Reason; readonly detail: string }[];
  /** Sent, but the log took them not: replay the same again. */
  readonly notTaken: number;
  readonly effect: readonly MetricEffect[];
  /** Where a filter goes on; null: there are no more. */
  readonly next: string | null;
}
