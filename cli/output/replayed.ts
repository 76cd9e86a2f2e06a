import type { Ledger } from "@freshet/model";
import type { ReplayReport } from "@freshet/producers";
import { EXIT, Failure } from "./failure.js";
import { ledgerText, rejectedOf } from "./ledger.js";

/** What a replay has brought in, for people. */
export const replayedText = (file: string, { events }: ReplayReport, ledger: Ledger): string => {
  const lines = [`${events.toLocaleString("en")} events from ${file}`, ledgerText(ledger)];
  if (rejectedOf(ledger) > 0) lines.push("what was rejected, and why: `freshet dead-letters`");
  return lines.join("\n");
};

/** A replay that was told to stop. */
export const interruption = (file: string): Failure =>
  new Failure(
    `interrupted: what was acknowledged is kept, and the next replay of ${file} goes on from there (--restart begins anew)`,
    EXIT.interrupted,
  );
