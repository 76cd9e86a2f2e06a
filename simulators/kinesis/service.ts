import type { SubscribeToShardInput } from "@aws-sdk/client-kinesis";
import { ConnectionLost, KinesisError } from "./errors.js";
import type { FaultSource } from "./faults.js";
import {
  type InputOf,
  OPERATIONS,
  type Operation,
  type OutputOf,
  type UnaryOperation,
} from "./operations.js";
import { type Subscription, subscribeToShard } from "./operations/subscribe.js";
import type { Account, Context } from "./state/account.js";

/** What the edges speak to: operations that take time and may fail on the way. */
export interface KinesisService {
  /**
   * @throws KinesisError the service's answer; ConnectionLost where none comes; the signal's reason when it is aborted first
   */
  call<N extends UnaryOperation>(operation: N, input: InputOf<N>, signal?: AbortSignal): Promise<OutputOf<N>>;
  /** As `call`. */
  subscribe(input: SubscribeToShardInput, signal?: AbortSignal): Promise<Subscription>;
  /** How often each operation was asked for, also in vain. */
  readonly calls: ReadonlyMap<Operation, number>;
}

/** From the client to the service and back, both. */
export type Latency = (operation: Operation) => number;

/** These answer a throttle by LimitExceededException; the others by ProvisionedThroughputExceededException. */
const PER_SHARD: ReadonlySet<Operation> = new Set([
  "GetRecords",
  "GetShardIterator",
  "PutRecord",
  "PutRecords",
]);

export const createService = (account: Account, faults: FaultSource, latency: Latency): KinesisService => {
  const calls = new Map<Operation, number>();

  const wait = async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (ms <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = account.clock.after(ms, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  };

  /** Carries the request there, does it, carries the outcome back. */
  const carry = async <T>(
    operation: Operation,
    input: object,
    act: (context: Context) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
    const strikes = (fault: Parameters<FaultSource["strikes"]>[0]): boolean =>
      faults.strikes(fault, operation, input);
    const oneWayMs = latency(operation) / 2;
    await wait(oneWayMs, signal);
    if (strikes("lostRequest")) throw new ConnectionLost();
    const context = (): Context => ({ account, nowMs: account.clock.epochMs(), strikes });
    const attempt = (): (() => T) => {
      try {
        const done = act(context());
        return () => done;
      } catch (error) {
        return () => {
          throw error;
        };
      }
    };
    const refusal = refusedBy(strikes, operation);
    const outcome = refusal
      ? () => {
          throw refusal;
        }
      : attempt();
    if (!refusal && strikes("repeatedRequest")) attempt();
    if (strikes("hang")) await abortion(signal);
    await wait(oneWayMs, signal);
    if (strikes("lostResponse")) throw new ConnectionLost();
    return outcome();
  };

  return {
    calls,
    call: <N extends UnaryOperation>(operation: N, input: InputOf<N>, signal?: AbortSignal) => {
      const act = OPERATIONS[operation] as (context: Context, input: InputOf<N>) => OutputOf<N>;
      return carry(operation, input, (context) => act(context, input), signal);
    },
    subscribe: (input, signal) =>
      carry("SubscribeToShard", input, (context) => subscribeToShard(context, input), signal),
  };
};

/** Never resolves. */
const abortion = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
  });

const refusedBy = (
  strikes: (fault: "throttle" | "internalFailure") => boolean,
  operation: Operation,
): KinesisError | null => {
  if (strikes("throttle"))
    return new KinesisError(
      PER_SHARD.has(operation) ? "ProvisionedThroughputExceededException" : "LimitExceededException",
      `Rate exceeded. (injected into ${operation})`,
    );
  if (strikes("internalFailure"))
    return new KinesisError("InternalFailure", "Internal service failure. (injected)");
  return null;
};
