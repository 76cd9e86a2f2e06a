const PERCENT_DIGITS = 12;

/** `p50` for 0.5, `p99.9` for 0.999. */
export const quantileLabel = (probability: number): string =>
  `p${Number((probability * 100).toPrecision(PERCENT_DIGITS))}`;
