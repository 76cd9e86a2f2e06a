import type { EpochMs, Ledger } from "@freshet/model";
import { ledgerOf } from "./answer/status.js";
import { createFollower, type FollowedStores } from "./follow.js";

const notAsked = async (): Promise<never> => {
  throw new Error("only the books are read here");
};

/** The books of a data directory, from segment records and the manifest alone: no body and no generation is read. */
export const readLedger = async (data: FollowedStores, nowMs: EpochMs): Promise<Ledger> => {
  const follower = createFollower({
    data,
    readBodyBy: () => async () => ({ metrics: [] }),
    readSettled: notAsked,
    readExpectations: notAsked,
    now: () => nowMs,
    staleAfterMs: Number.POSITIVE_INFINITY,
    pause: async () => undefined,
  });
  await follower.step();
  return ledgerOf(follower.session().view);
};
