import type { OpenShard } from "./shardMap.js";

/** An entry of a PutRecords. */
export interface PutEntry {
  readonly partitionKey: string;
  /** Absent: the MD5 of the partition key places it. */
  readonly explicitHashKey?: bigint;
  readonly data: Uint8Array;
}

export type PutResult =
  | { readonly kind: "stored"; readonly shard: string; readonly sequence: string }
  | { readonly kind: "throttled"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

/** `passing` may be otherwise next time; `invalid` is about what was sent; `refused` about us or the stream. */
export type PutFailureKind = "throttled" | "passing" | "invalid" | "refused";

export class PutFailure extends Error {
  override readonly name = "PutFailure";
  constructor(
    readonly kind: PutFailureKind,
    what: string,
    cause: unknown,
  ) {
    super(`${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
  }
}

export interface StreamTraits {
  /** Of data and partition key together. */
  readonly recordBytesMax: number;
  /** The stream minds no key when it places a record (RecordDistributionStrategy AUTO). */
  readonly distributesItself: boolean;
}

/** A Kinesis stream as a producer sees it. All throw PutFailure. */
export interface WritableStream {
  /** One result an entry, in order; whoever calls keeps the limits of a request. */
  put(entries: readonly PutEntry[], signal: AbortSignal): Promise<readonly PutResult[]>;
  traits(): Promise<StreamTraits>;
  openShards(): Promise<readonly OpenShard[]>;
}
