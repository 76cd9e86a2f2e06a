export interface ProducerSettings {
  readonly batchEventsMax: number;
  readonly batchBytesMax: number;
  /** The longest that an event waits for others to go with. */
  readonly flushAfterMs: number;
  /** Bounds on events without an outcome, in number and in bytes. */
  readonly bufferEventsMax: number;
  readonly bufferBytesMax: number;
  readonly inFlightBatchesMax: number;
  /** An event has its outcome within this long after `emit`. */
  readonly deadlineMs: number;
  readonly sendTimeoutMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

export const DEFAULT_SETTINGS: ProducerSettings = {
  batchEventsMax: 500,
  batchBytesMax: 1 << 20,
  flushAfterMs: 100,
  bufferEventsMax: 10_000,
  bufferBytesMax: 16 << 20,
  inFlightBatchesMax: 4,
  deadlineMs: 60_000,
  sendTimeoutMs: 10_000,
  retryBaseMs: 100,
  retryMaxMs: 5_000,
};

/**
 * What is given, else what suits the transport, else the defaults.
 * @throws RangeError for a bound that is not a positive number, or a buffer that no batch fits in.
 */
export const settingsOf = (
  given: Partial<ProducerSettings>,
  suited: Partial<ProducerSettings> = {},
): ProducerSettings => {
  const chosen = { ...DEFAULT_SETTINGS };
  for (const name of Object.keys(DEFAULT_SETTINGS) as (keyof ProducerSettings)[]) {
    const value = given[name] ?? suited[name];
    if (value === undefined) continue;
    const least = name === "flushAfterMs" || name === "retryBaseMs" ? 0 : 1;
    if (!(value >= least)) throw new RangeError(`${name}: expected a number from ${least} up, got ${value}`);
    chosen[name as "flushAfterMs"] = value;
  }
  if (chosen.bufferBytesMax < chosen.batchBytesMax) {
    throw new RangeError(
      `bufferBytesMax (${chosen.bufferBytesMax}) holds less than batchBytesMax (${chosen.batchBytesMax})`,
    );
  }
  return chosen;
};
