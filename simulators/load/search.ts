/** What a rate must keep to count as held. */
export interface Held {
  readonly freshnessP99MsMax: number;
}

export interface SearchStep {
  readonly perSecond: number;
  readonly held: boolean;
  /** Why not. */
  readonly because: string | null;
}

export interface SearchOptions {
  readonly startPerSecond: number;
  /** The search ends when it knows the highest rate to within this share. */
  readonly within: number;
}

export type SearchDecision =
  | { readonly kind: "try"; readonly perSecond: number }
  /** `perSecond` is the highest rate that held; 0: none did. */
  | { readonly kind: "found"; readonly perSecond: number };

export const STEPS_MAX = 24;
const GROWTH = 2;
const LEAST_PER_SECOND = 1;

/** Doubles until a rate does not hold, then halves the range between the highest that did and the lowest that did not. */
export const nextRate = (
  steps: readonly SearchStep[],
  { startPerSecond, within }: SearchOptions,
): SearchDecision => {
  const heldRates = steps.filter(({ held }) => held).map(({ perSecond }) => perSecond);
  const lostRates = steps.filter(({ held }) => !held).map(({ perSecond }) => perSecond);
  const highest = Math.max(0, ...heldRates);
  const lowest = Math.min(...lostRates);
  if (steps.length >= STEPS_MAX) return { kind: "found", perSecond: highest };
  if (steps.length === 0) return { kind: "try", perSecond: startPerSecond };
  if (lostRates.length === 0) return { kind: "try", perSecond: highest * GROWTH };
  if (lowest <= LEAST_PER_SECOND || (highest > 0 && (lowest - highest) / lowest <= within))
    return { kind: "found", perSecond: highest };
  const next = highest > 0 ? (highest + lowest) / 2 : lowest / GROWTH;
  return { kind: "try", perSecond: Math.max(LEAST_PER_SECOND, Math.round(next)) };
};
