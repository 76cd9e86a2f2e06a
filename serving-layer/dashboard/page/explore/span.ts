/** What is looked at, from inclusive, to exclusive. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export type Move = "in" | "out" | "earlier" | "later";

const STEPS_MIN = 4;
const SPAN_MS_MAX = 400 * 86_400_000;
const PAN_SHARE = 0.5;

/** Whole panes that hold the span, a few at the least; never past the end of what is known. */
export const fitSpan = ({ fromMs, toMs }: Span, paneMs: number, endMs: number): Span => {
  const endWantedMs = Math.ceil(toMs / paneMs) * paneMs;
  const wantedMs = endWantedMs - Math.floor(fromMs / paneMs) * paneMs;
  const lengthMs = Math.min(SPAN_MS_MAX, Math.max(STEPS_MIN * paneMs, wantedMs));
  const fittedToMs = Math.min(Math.max(lengthMs, endWantedMs), endMs);
  return { fromMs: fittedToMs - lengthMs, toMs: fittedToMs };
};

/** Half as long or twice as long around its middle, or half of its length aside. */
export const moveSpan = ({ fromMs, toMs }: Span, move: Move): Span => {
  const lengthMs = toMs - fromMs;
  const middleMs = fromMs + lengthMs / 2;
  switch (move) {
    case "in":
      return { fromMs: middleMs - lengthMs / 4, toMs: middleMs + lengthMs / 4 };
    case "out":
      return { fromMs: middleMs - lengthMs, toMs: middleMs + lengthMs };
    case "earlier":
      return { fromMs: fromMs - lengthMs * PAN_SHARE, toMs: toMs - lengthMs * PAN_SHARE };
    case "later":
      return { fromMs: fromMs + lengthMs * PAN_SHARE, toMs: toMs + lengthMs * PAN_SHARE };
  }
};
