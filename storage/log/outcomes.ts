/** What became of a call's entries, in their order: nearly always all are stored, and nobody asks where, so that none is made unasked. */
export interface Outcomes<Outcome extends { readonly kind: string }> {
  readonly count: number;
  /** Whether each is `stored`. */
  readonly areStored: boolean;
  at(index: number): Outcome;
}

export const outcomesOf = <Outcome extends { readonly kind: string }>(
  each: readonly Outcome[],
): Outcomes<Outcome> => ({
  count: each.length,
  areStored: each.every(({ kind }) => kind === "stored"),
  at: (index) => each[index] as Outcome,
});

/** Each by itself. */
export const eachOutcome = <Outcome extends { readonly kind: string }>({
  count,
  at,
}: Outcomes<Outcome>): readonly Outcome[] => Array.from({ length: count }, (_, index) => at(index));
