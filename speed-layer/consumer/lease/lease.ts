import type { Checkpoint } from "./checkpoint.js";

/** Of hash keys; both ends inclusive, unsigned 128-bit. */
export interface HashRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** One shard's row in the lease table, as the Kinesis Client Library keeps it. */
export interface Lease {
  readonly shard: string;
  /** Who works the shard, or will when `checkpointOwner` has let go. */
  readonly owner: string | null;
  /** Raised with every write of the one who holds the lease: others see by it that he lives. */
  readonly counter: number;
  readonly checkpoint: Checkpoint;
  /** While a lease is handed over: who still works the shard and may write its checkpoint. */
  readonly checkpointOwner: string | null;
  readonly ownerSwitches: number;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  /** Null in tables of clients before the KCL's 2.3. */
  readonly hashRange: HashRange | null;
  /**
   * For a lease that began at LATEST or AT_TIMESTAMP: from which arrival time (ms since 1970). The KCL has no such
   * field; it leaves it alone, and without it LATEST means a later record for every owner who comes before the first checkpoint.
   */
  readonly startMs: number | null;
}

/** Whose writes the table takes; the KCL's "actual owner". */
export const holderOf = ({ owner, checkpointOwner }: Lease): string | null => checkpointOwner ?? owner;

export const isEnded = ({ checkpoint }: Lease): boolean => checkpoint.kind === "shardEnd";

/** True of a lease whose shard has not been worked yet, from its beginning on. */
export const isUntouched = ({ checkpoint }: Lease): boolean => checkpoint.kind === "trimHorizon";

export const byShard = (leases: readonly Lease[]): ReadonlyMap<string, Lease> =>
  new Map(leases.map((lease) => [lease.shard, lease]));

/** A lease that nobody has held. */
export const newLease = (
  shard: string,
  {
    checkpoint,
    startMs = null,
    parents,
    hashRange,
  }: Pick<Lease, "checkpoint" | "parents" | "hashRange"> & {
    readonly startMs?: number | null;
  },
): Lease => ({
  shard,
  owner: null,
  counter: 0,
  checkpoint,
  checkpointOwner: null,
  ownerSwitches: 0,
  parents,
  children: [],
  hashRange,
  startMs,
});
