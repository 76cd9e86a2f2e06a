import type { Refusal } from "./messages.js";

/** Thrown where a statement is refused. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(readonly refusal: Refusal) {
    super(refusal.kind);
  }
}

const DETAIL_CHARS_MAX = 2_000;
/** DuckDB's advice is for whoever may change its settings. */
const ADVICE = "\n\nPossible solutions:";
/** After these DuckDB does not vouch for the database any more. */
const BEYOND_REPAIR = /^(?:FATAL|INTERNAL) Error/;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refused) return error.refusal;
  const [text = ""] = textOf(error).split(ADVICE);
  return { kind: "failed", detail: text.slice(0, DETAIL_CHARS_MAX) };
};

export const isBeyondRepair = (error: unknown): boolean => BEYOND_REPAIR.test(textOf(error));
