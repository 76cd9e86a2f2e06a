/** What a log is made with; fixed for its life. */
export const NEW_LOG = { shards: 4, segmentMs: 1_000, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 };
