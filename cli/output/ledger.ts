import type { Ledger } from "@freshet/model";

const digits = (count: number): string => count.toLocaleString("en");

/** Events that could not be counted. */
export const rejectedOf = ({ rejected }: Ledger): number =>
  Object.values(rejected).reduce((total, count) => total + count, 0);

/** The books in one line, and whether they balance. */
export const ledgerText = (ledger: Ledger): string => {
  const rejected = Object.entries(ledger.rejected);
  const parts = [
    `${digits(ledger.records)} records`,
    `${digits(ledger.events)} events = ${digits(ledger.accepted)} accepted + ${digits(ledger.duplicates)} duplicates + ${digits(rejectedOf(ledger))} rejected`,
  ];
  if (ledger.conflicts > 0)
    parts.push(`${digits(ledger.conflicts)} of the duplicates differ from what stands (conflicts)`);
  if (rejected.length > 0)
    parts.push(rejected.map(([reason, count]) => `${reason} ${digits(count)}`).join(", "));
  return `ledger: ${parts.join("; ")}`;
};
