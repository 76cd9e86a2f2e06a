import type { FirehoseLandingOptions } from "@freshet/batch-layer";
import { EXIT, Failure } from "../output/failure.js";
import type { Line } from "./line.js";

/** Whether the store says that Firehose lands its events. */
export const isFirehoseStore = ({ store }: Line): boolean =>
  store.kind === "aws" && store.firehose !== undefined;

/** What a pass over Firehose's deliveries needs. @throws Failure where the store names none */
export const deliveriesOf = async (line: Line): Promise<FirehoseLandingOptions> => {
  const { store, data, logger } = line;
  if (store.kind !== "aws" || !store.firehose)
    throw new Failure(
      "the store names no `firehose`: say in its file where Firehose delivers, or land from the log, by `freshet land` and `freshet land --fill shard/first-last`.",
      EXIT.usage,
    );
  return { data, duckdb: await line.duckdb(), logger, now: Date.now, ...store.firehose };
};
