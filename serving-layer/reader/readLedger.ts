import type { EpochMs, Ledger } from "@freshet/model";
import { ledgerOf } from "./answer/status.js";
import { createFollower, type FollowedStores } from "./follow.js";
import { createLiveView } from "./live/liveView.js";

/** The books of a data directory, from segment records and the manifest alone: no body and no generation is read. */
export const readLedger = async (data: FollowedStores, nowMs: EpochMs): Promise<Ledger> => {
  const follower = createFollower({
    data,
    readBodyBy: () => async () => ({ metrics: [] }),
    sessionOf: ({ live, manifest, pointerRevision }) => ({
      view: createLiveView(live, { add: () => undefined }, manifest, pointerRevision),
      prepare: async () => () => undefined,
      tidy: async () => undefined,
      warm: async () => undefined,
      close: () => undefined,
    }),
    now: () => nowMs,
    staleAfterMs: Number.POSITIVE_INFINITY,
    startTurns: () => ({ due: () => false, next: async () => undefined }),
  });
  await follower.step();
  return ledgerOf(follower.session().view);
};
