/** What an event costs on one machine, as `freshet calibrate` measures it. */
export interface Coefficients {
  readonly format: 1;
  readonly measuredAt: string;
  readonly machine: string;
  readonly measured: MeasuredCosts;
}

export interface MeasuredCosts {
  /** Of the events that were measured with. */
  readonly eventBytes: number;
  /** Processor time of a worker: reading, checking, duplicates; and what a group of an increment adds. */
  readonly speedUsPerEvent: number;
  readonly speedUsPerGroup: number;
  /** Of a group in an increment's body: with its first event, more with each, and at most. */
  readonly bodyBytesOfFirst: number;
  readonly bodyBytesOfMore: number;
  readonly bodyBytesOfMost: number;
  readonly landUsPerEvent: number;
  readonly lakeBytesPerEvent: number;
  /** Of a generation, by DuckDB. */
  readonly batchUsPerEvent: number;
}

/** Beyond these something was measured wrongly. */
export const COEFFICIENT_RANGES: Readonly<Record<keyof MeasuredCosts, readonly [number, number]>> = {
  eventBytes: [20, 100_000],
  speedUsPerEvent: [0.05, 1_000],
  speedUsPerGroup: [0, 1_000],
  bodyBytesOfFirst: [1, 100_000],
  bodyBytesOfMore: [0, 100_000],
  bodyBytesOfMost: [1, 1_000_000],
  landUsPerEvent: [0.05, 1_000],
  lakeBytesPerEvent: [1, 100_000],
  batchUsPerEvent: [0.01, 1_000],
};
