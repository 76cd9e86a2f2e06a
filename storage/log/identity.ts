import { durationMs, type EpochMs, type ShardId } from "@freshet/model";
import { StorageError } from "../errors.js";
import type { DigestPolicy } from "@freshet/kpl";
import type { LogIdentity } from "./port.js";

/** What a log is made with. An existing log keeps its own. */
export interface LogCreation {
  readonly shards: number;
  readonly segmentMs: number;
  readonly segmentEventsMax: number;
  readonly dedupeHorizonMs: number;
  /** `always` where it is absent; `never` where all that append are trusted. */
  readonly digest?: DigestPolicy;
}

/** The record that says to which log a store's tables belong, where they do not lie beside it. */
export const IDENTITY_RECORD = "log-identity";

const FIXED = ["segmentMs", "segmentEventsMax", "dedupeHorizonMs", "digest"] as const;

/** The number of shards is where a log begins, so another is no contradiction; the rest is. */
export const refuseOther = (
  identity: LogIdentity,
  asked: Partial<LogCreation>,
  where: string,
  wayOut: string,
): void => {
  for (const name of FIXED) {
    const wanted = asked[name] ?? identity[name];
    if (identity[name] !== wanted) {
      throw new StorageError(
        "mismatch",
        `the log ${where} was made with ${name} = ${identity[name]}, not ${wanted}: it cannot change; set it back, or ${wayOut}`,
      );
    }
  }
};

export const newIdentity = (
  asked: LogCreation,
  roster: readonly ShardId[],
  id: string,
  createdMs: EpochMs,
): LogIdentity => ({
  id,
  createdMs,
  segmentMs: durationMs(asked.segmentMs),
  segmentEventsMax: asked.segmentEventsMax,
  dedupeHorizonMs: durationMs(asked.dedupeHorizonMs),
  digest: asked.digest ?? "always",
  roster,
});
