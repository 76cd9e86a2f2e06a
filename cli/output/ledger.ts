import type { Ledger } from "@freshet/model";

/** The books in one line, and whether they balance. */
export const ledgerText = (ledger: Ledger): string => {
  const rejected = Object.entries(ledger.rejected);
  const bad = rejected.reduce((total, [, count]) => total + count, 0);
  const parts = [
    `${ledger.records} records`,
    `${ledger.events} events = ${ledger.accepted} accepted + ${ledger.duplicates} duplicates + ${bad} rejected`,
  ];
  if (ledger.conflicts > 0)
    parts.push(`${ledger.conflicts} of the duplicates differ from what stands (conflicts)`);
  if (rejected.length > 0) parts.push(rejected.map(([reason, count]) => `${reason} ${count}`).join(", "));
  return `ledger: ${parts.join("; ")}`;
};
