/** How often each thing happened, so that a run which tried nothing fails. */
export interface WireLawsMet {
  events: number;
  copies: number;
  bad: number;
  splits: number;
  merges: number;
  kills: number;
  freezes: number;
  /** Shards that another worker went on with. */
  takeOvers: number;
  lateWrites: number;
  deploys: number;
  /** Finished segments that were folded again. */
  replayed: number;
  batches: number;
  rebuilds: number;
  reverts: number;
  /** Answers while a child shard had no worker. */
  orphaned: number;
  /** Records that were found under the error prefix and read from the log. */
  fromErrorPrefix: number;
  answersLost: number;
  throttled: number;
  kinesisFaults: number;
  /** Answers in the middle of it all, by status. */
  glances: { settled: number; live: number; partial: number };
  questions: number;
  live: number;
  settled: number;
}

export const nothingMet = (): WireLawsMet => ({
  events: 0,
  copies: 0,
  bad: 0,
  splits: 0,
  merges: 0,
  kills: 0,
  freezes: 0,
  takeOvers: 0,
  lateWrites: 0,
  deploys: 0,
  replayed: 0,
  batches: 0,
  rebuilds: 0,
  reverts: 0,
  orphaned: 0,
  fromErrorPrefix: 0,
  answersLost: 0,
  throttled: 0,
  kinesisFaults: 0,
  glances: { settled: 0, live: 0, partial: 0 },
  questions: 0,
  live: 0,
  settled: 0,
});
