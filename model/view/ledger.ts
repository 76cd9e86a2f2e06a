import type { Reason } from "../event/reason.js";

/** Counts over a run of log records. `events = accepted + duplicates + sum(rejected)`. */
export interface LedgerCounts {
  readonly records: number;
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: Readonly<Partial<Record<Reason, number>>>;
}

/** What status shows; `conflicts` is a named part of `duplicates`: copies whose bodies differ. */
export interface Ledger extends LedgerCounts {
  readonly conflicts: number;
}
