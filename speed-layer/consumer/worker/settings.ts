import type { DigestPolicy } from "@freshet/kpl";
import type { OwnershipSettings } from "../plan/ownership.js";
import type { PaceSettings } from "../polling/pace.js";
import type { Misrouted } from "../session/misrouted.js";
import type { Unpacking } from "../session/record.js";

export interface WorkerSettings extends OwnershipSettings, PaceSettings {
  /** Between looks at the lease table. */
  readonly scanMs: number;
  /** Between looks for leases that nothing needs any more. */
  readonly cleanMs: number;
  /** Of one call of the lease table. */
  readonly leaseTimeoutMs: number;
  /** Of one call of Kinesis. */
  readonly requestTimeoutMs: number;
  /** Between calls of a handler that throws: grows from the first to the second. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** A handler that throws more often in a row, without accepting anything, stops the consumer; Infinity: never. */
  readonly failuresMax: number;
  /** What a shard may have read ahead. */
  readonly prefetchRecordsMax: number;
  readonly prefetchBytesMax: number;
  /** What all shards may have read ahead together. */
  readonly bufferBytesMax: number;
  readonly readsMax: number;
  /** How long `stop` waits for handlers. */
  readonly stopMs: number;
  readonly unpacking: Unpacking;
  readonly digest: DigestPolicy;
  readonly misrouted: Misrouted;
}

export const DEFAULT_SETTINGS: WorkerSettings = {
  leaseMs: 10_000,
  handOverMs: 30_000,
  patienceMs: 5_000,
  leasesMax: Infinity,
  scanMs: 2_500,
  cleanMs: 600_000,
  leaseTimeoutMs: 2_500,
  requestTimeoutMs: 30_000,
  idlePollMs: 1_000,
  busyPollMs: 250,
  backOffMinMs: 1_000,
  backOffMaxMs: 20_000,
  replyBytesAim: 2 * 2 ** 20,
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
  failuresMax: Infinity,
  prefetchRecordsMax: 10_000,
  prefetchBytesMax: 8 * 2 ** 20,
  bufferBytesMax: 128 * 2 ** 20,
  readsMax: 8,
  stopMs: 20_000,
  unpacking: "always",
  digest: "always",
  misrouted: "deliver",
};
