import type { Clock } from "@freshet/sdk";
import { invalidArgument, KinesisError } from "../errors.js";
import type { EffectFault } from "../faults.js";
import type { Limits } from "../limits.js";
import type { Random } from "../../random/random.js";
import type { createBuckets } from "./bucket.js";
import type { Shard } from "./shard.js";
import { type Consumer, shardOf, type Stream, trimHorizonOf, trimStream } from "./stream.js";

/** Everything that one region of one account holds. */
export interface Account {
  readonly id: string;
  readonly region: string;
  readonly limits: Limits;
  readonly streams: Map<string, Stream>;
  readonly random: Random;
  readonly registrations: ReturnType<typeof createBuckets>;
  readonly clock: Clock;
  /** Does it when a change of the control plane has taken its time; at once where that is none. */
  whenTransitioned(run: () => void): void;
}

/** What an operation may see and change. */
export interface Context {
  readonly account: Account;
  readonly nowMs: number;
  /** Whether this fault strikes here and now: it then has, and is counted. */
  strikes(fault: EffectFault): boolean;
}

/** As the members by which every operation names its stream. */
export interface StreamReference {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

export const arnOf = ({ id, region }: Account, streamName: string): string =>
  `arn:aws:kinesis:${region}:${id}:stream/${streamName}`;

const notFound = (account: Account, name: string): KinesisError =>
  new KinesisError("ResourceNotFoundException", `Stream ${name} under account ${account.id} not found.`);

/** @throws KinesisError ResourceNotFoundException, or InvalidArgumentException where none is named */
export const streamOf = ({ account, nowMs }: Context, reference: StreamReference): Stream => {
  const { StreamName: name, StreamARN: arn } = reference;
  const named = name ?? arn?.split(":stream/")[1];
  if (named === undefined) throw invalidArgument("One of StreamName or StreamARN must be provided.");
  if (arn !== undefined && arn !== arnOf(account, named)) throw notFound(account, arn);
  const stream = account.streams.get(named);
  if (!stream) throw notFound(account, named);
  trimStream(stream, trimHorizonOf(stream, nowMs));
  return stream;
};

/** @throws KinesisError ResourceNotFoundException */
export const shardIn = ({ account }: Context, stream: Stream, id: string): Shard => {
  const shard = shardOf(stream, id);
  if (!shard)
    throw new KinesisError(
      "ResourceNotFoundException",
      `Shard ${id} in stream ${stream.name} under account ${account.id} does not exist`,
    );
  return shard;
};

/** @throws KinesisError ResourceInUseException */
export const requireActive = ({ account }: Context, stream: Stream): void => {
  if (stream.status !== "ACTIVE")
    throw new KinesisError(
      "ResourceInUseException",
      `Stream ${stream.name} under account ${account.id} not ACTIVE, instead in state ${stream.status}`,
    );
};

/** @throws KinesisError ResourceNotFoundException */
export const consumerOf = (
  context: Context,
  arn: string,
): { readonly stream: Stream; readonly consumer: Consumer } => {
  const streamArn = arn.split("/consumer/")[0] ?? "";
  const stream = streamOf(context, { StreamARN: streamArn });
  const consumer = [...stream.consumers.values()].find((known) => known.arn === arn);
  if (!consumer)
    throw new KinesisError(
      "ResourceNotFoundException",
      `Consumer ${arn} under account ${context.account.id} not found.`,
    );
  return { stream, consumer };
};

/** @throws KinesisError LimitExceededException where the bucket is empty */
export const holdToRate = (
  buckets: ReturnType<typeof createBuckets>,
  scope: string,
  nowMs: number,
  operation: string,
): void => {
  if (!buckets.of(scope).take(1, nowMs))
    throw new KinesisError("LimitExceededException", `Rate exceeded for ${operation} of ${scope}.`);
};
