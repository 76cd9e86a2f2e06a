import assert from "node:assert/strict";
import { TRIM_HORIZON } from "../../lease/checkpoint.js";
import { newLease } from "../../lease/lease.js";
import { planOwnership } from "../../plan/ownership.js";
import { DEFAULT_SETTINGS } from "../../worker/settings.js";

const SHARDS = 20_000;

/** Unless it is told otherwise, a worker that is alone takes all there is. KCL #202. */
export const scenario = async (): Promise<void> => {
  const workable = Array.from({ length: SHARDS }, (_, index) => ({
    lease: newLease(`shardId-${index}`, { checkpoint: TRIM_HORIZON, parents: [], hashRange: null }),
    sinceMs: 0,
    handOverSinceMs: null,
  }));
  const view = {
    me: "a",
    workable,
    held: new Set<string>(),
    nowMs: 0,
    shuffled: <T>(list: readonly T[]) => list,
  };
  assert.equal(planOwnership(view, DEFAULT_SETTINGS).length, SHARDS, "no lease is left to nobody");
};
