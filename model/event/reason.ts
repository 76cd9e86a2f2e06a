/** Why an event could not be counted. Part of the ledger, of dead letters and of the API: names are stable. */
export const REASONS = [
  "malformed", // not one JSON object in valid UTF-8, or nested too deep
  "too_large", // more bytes than `eventBytesMax`
  "unknown_type", // no event definition has this `type`
  "unknown_version", // a schema version that this revision does not know
  "missing_field", // `type`, `id`, `time` or a required field is absent or null
  "wrong_type", // a field has another JSON type than the schema's
  "out_of_range", // a number, length or format beyond the schema's bounds
  "time_out_of_bounds", // event time too far from the arrival tick
] as const;

export type Reason = (typeof REASONS)[number];
