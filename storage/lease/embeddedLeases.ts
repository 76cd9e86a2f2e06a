import { packDocument, unpackDocument } from "../lmdb/document.js";
import type { Environment } from "../lmdb/environment.js";
import { textKey } from "../lmdb/key.js";
import type { Lease, Leases } from "./port.js";
import { isAlive, type ProcessIdentity } from "./processIdentity.js";

export interface EmbeddedLeasesOptions {
  readonly environment: Environment;
  readonly self: ProcessIdentity;
  readonly now: () => number;
}

interface StoredLease {
  readonly name: string;
  readonly owner: string;
  readonly expiresMs: number;
  readonly process: ProcessIdentity;
}

const published = ({ name, owner, expiresMs, process }: StoredLease): Lease => ({
  name,
  owner,
  expiresMs,
  pid: process.pid,
});

/** Leases in a table; the lease of a process of this machine that has ended is free at once. */
export const createEmbeddedLeases = ({ environment, self, now }: EmbeddedLeasesOptions): Leases => {
  const table = environment.table("leases");
  const decode = (stored: Buffer): StoredLease => unpackDocument(stored, "a lease").json as StoredLease;
  const read = (name: string): StoredLease | null => {
    const stored = table.get(textKey(name));
    return stored ? decode(stored) : null;
  };
  const isFree = (lease: StoredLease): boolean =>
    lease.expiresMs <= now() || (lease.process.machine === self.machine && !isAlive(lease.process));
  const write = (name: string, owner: string, ttlMs: number): void => {
    const lease: StoredLease = { name, owner, expiresMs: now() + ttlMs, process: self };
    table.putSync(textKey(name), packDocument(lease));
  };
  return {
    acquire: (name, owner, ttlMs) =>
      environment.transact(`taking the lease ${name}`, () => {
        const standing = read(name);
        if (standing && standing.owner !== owner && !isFree(standing)) {
          return { kind: "taken", by: published(standing) };
        }
        write(name, owner, ttlMs);
        return { kind: "held" };
      }),
    renew: (name, owner, ttlMs) =>
      environment.transact(`renewing the lease ${name}`, () => {
        if (read(name)?.owner !== owner) return false;
        write(name, owner, ttlMs);
        return true;
      }),
    release: (name, owner) =>
      environment.transact(`releasing the lease ${name}`, () => {
        if (read(name)?.owner === owner) table.removeSync(textKey(name));
      }),
    async list() {
      environment.refresh();
      return [...table.getRange({})].map(({ value }) => published(decode(value)));
    },
  };
};
