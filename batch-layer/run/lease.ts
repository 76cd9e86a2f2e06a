import type { Lease, Leases } from "@freshet/storage";

const NAME = "batch";
const TTL_MS = 30_000;
const RENEW_AFTER_MS = 5_000;

/**
 * Runs under the lease `batch`. The lease only spares work: should it be lost, the conditional write of the pointer
 * still lets one run stand.
 */
export const withLease = async <T>(
  leases: Leases,
  owner: string,
  action: () => Promise<T>,
): Promise<T | { readonly kind: "busy"; readonly by: Lease }> => {
  const outcome = await leases.acquire(NAME, owner, TTL_MS);
  if (outcome.kind === "taken") return { kind: "busy", by: outcome.by };
  const timer = setInterval(() => {
    leases.renew(NAME, owner, TTL_MS).catch(() => {});
  }, RENEW_AFTER_MS);
  timer.unref();
  try {
    return await action();
  } finally {
    clearInterval(timer);
    await leases.release(NAME, owner);
  }
};
