import type { LedgerCounts, Reason } from "@freshet/model";

export const NO_COUNTS: LedgerCounts = { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} };

export const addCounts = (a: LedgerCounts, b: LedgerCounts): LedgerCounts => {
  const rejected: Partial<Record<Reason, number>> = { ...a.rejected };
  for (const [reason, count] of Object.entries(b.rejected) as [Reason, number][]) {
    rejected[reason] = (rejected[reason] ?? 0) + count;
  }
  return {
    records: a.records + b.records,
    events: a.events + b.events,
    accepted: a.accepted + b.accepted,
    duplicates: a.duplicates + b.duplicates,
    rejected,
  };
};
