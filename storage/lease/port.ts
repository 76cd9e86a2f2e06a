/** Ownership of a role or a shard by one process at a time, with expiry. */
export interface Leases {
  /** Takes a free, expired or own lease; a lease of a process that is known to be dead is free at once. */
  acquire(name: string, owner: string, ttlMs: number): Promise<LeaseOutcome>;
  /** False when it is no longer this owner's. */
  renew(name: string, owner: string, ttlMs: number): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
  list(): Promise<readonly Lease[]>;
}

export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly expiresMs: number;
  readonly pid: number | null;
}

export type LeaseOutcome = { readonly kind: "held" } | { readonly kind: "taken"; readonly by: Lease };
