/** The clock of the layer as it runs: threads cannot be handed one. All else takes `now`. */
// oxlint-disable-next-line no-restricted-properties -- wired here
export const systemClock = (): number => Date.now();
