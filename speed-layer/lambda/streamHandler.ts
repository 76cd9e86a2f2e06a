import type { Report } from "../report.js";
import type { SpeedSettings } from "../settings.js";
import { deliveredBatch, type StreamEvent, type StreamResponse } from "./event.js";
import { createFoldShards, type FoldShards } from "./foldShards.js";
import type { FoldStores } from "./stores.js";

/** Of an invocation's time, kept for writing what is folded. */
const RESERVED_MS = 10_000;

export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface HandlerOptions {
  /** Called by the first invocation; what it opens is kept as long as the process. */
  readonly open: () => Promise<FoldStores>;
  readonly settings?: Partial<SpeedSettings>;
  readonly now: () => number;
  readonly report: Report;
  /** Of letters and digits, unique to this run of this process. */
  readonly writer: string;
}

export type StreamHandler = (event: StreamEvent, context: InvocationContext) => Promise<StreamResponse>;

/** Opens once; again after a failure. */
export const foldingOnce = (
  options: HandlerOptions,
): (() => Promise<FoldShards & { readonly stores: FoldStores }>) => {
  let folding: Promise<FoldShards & { readonly stores: FoldStores }> | null = null;
  const start = async () => {
    const stores = await options.open();
    return { stores, ...createFoldShards({ ...options, stores }) };
  };
  return () => {
    folding ??= start().catch((error: unknown) => {
      folding = null;
      throw error;
    });
    return folding;
  };
};

export const timeOf =
  ({ getRemainingTimeInMillis }: InvocationContext) =>
  (): boolean =>
    getRemainingTimeInMillis() < RESERVED_MS;

/**
 * The speed fold behind Kinesis' event source mapping: the same increments as a worker's, byte for byte, however the
 * batches are cut, repeated or given to one process or another. `mappingFaults` says what the mapping must be like.
 *
 * An invocation that runs out of time, or whose ticks have no known rules yet, answers with the first record that is
 * not written. One that fails throws: Lambda delivers its batch again, and nothing after it.
 */
export const createStreamHandler = (options: HandlerOptions): StreamHandler => {
  const folding = foldingOnce(options);
  return async (event, context) => {
    const { stores, take } = await folding();
    const batch = deliveredBatch(event, stores.log.identity.id);
    if (!batch) return { batchItemFailures: [] };
    const folded = await take(batch, timeOf(context));
    if (folded.kind === "all") return { batchItemFailures: [] };
    const { last } = folded;
    const index = batch.records.findIndex(({ sequence }) => last === null || sequence > last);
    const failed = event.Records[index];
    return { batchItemFailures: failed ? [{ itemIdentifier: failed.kinesis.sequenceNumber }] : [] };
  };
};
