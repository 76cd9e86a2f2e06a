import type { Leases } from "@freshet/storage";

/** Which part of the line a process runs; each runs once per data directory. */
export type Role = "speed" | "land" | "project";

const TTL_MS = 10_000;
const RENEW_MS = 3_000;

export interface HeldRole {
  readonly kind: "held";
  release(): Promise<void>;
}

export type RoleOutcome = HeldRole | { readonly kind: "taken"; readonly pid: number | null };

/** Takes a role and keeps it until released; `lost` is called if it goes to somebody else. */
export const takeRole = async (
  leases: Leases,
  role: Role,
  owner: string,
  lost: (role: Role) => void,
): Promise<RoleOutcome> => {
  const name = `role/${role}`;
  const outcome = await leases.acquire(name, owner, TTL_MS);
  if (outcome.kind === "taken") return { kind: "taken", pid: outcome.by.pid };
  const timer = setInterval(() => {
    leases.renew(name, owner, TTL_MS).then(
      (kept) => {
        if (!kept) lost(role);
      },
      () => lost(role),
    );
  }, RENEW_MS);
  timer.unref();
  return {
    kind: "held",
    async release() {
      clearInterval(timer);
      await leases.release(name, owner);
    },
  };
};
