import type { Refusal } from "./messages.js";

/** Thrown where a statement is refused. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(readonly refusal: Refusal) {
    super(refusal.kind);
  }
}

const DETAIL_CHARS_MAX = 2_000;

export const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refused) return error.refusal;
  const text = error instanceof Error ? error.message : String(error);
  return { kind: "failed", detail: text.slice(0, DETAIL_CHARS_MAX) };
};
