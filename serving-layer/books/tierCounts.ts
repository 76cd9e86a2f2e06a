import { type LedgerCounts, type Reason, REASONS } from "@freshet/model";
import type { TierCounts } from "./answers.js";

export const NO_COUNTS: LedgerCounts = { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} };

export const addCounts = (a: LedgerCounts, b: LedgerCounts): LedgerCounts => ({
  records: a.records + b.records,
  events: a.events + b.events,
  accepted: a.accepted + b.accepted,
  duplicates: a.duplicates + b.duplicates,
  rejected: rejectedOf((reason) => (a.rejected[reason] ?? 0) + (b.rejected[reason] ?? 0)),
});

/** Reasons without any event are left out. */
export const rejectedOf = (count: (reason: Reason) => number): LedgerCounts["rejected"] =>
  Object.fromEntries(
    REASONS.flatMap((reason) => {
      const events = count(reason);
      return events === 0 ? [] : [[reason, events]];
    }),
  );

/** events = accepted + duplicates + sum(rejected) */
export const balanced = (counts: LedgerCounts): TierCounts => {
  const rejected = Object.values(counts.rejected).reduce((sum, one) => sum + one, 0);
  return { ...counts, balances: counts.events === counts.accepted + counts.duplicates + rejected };
};
