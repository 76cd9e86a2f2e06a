import type { DynamoTable } from "../aws/table/dynamoTable.js";
import { type Item, number, numberIn, text, textIn } from "../aws/table/item.js";
import { checkName, compareUtf8, spreadKey, spreadPartitions } from "../aws/table/key.js";
import type { Lease, Leases } from "./port.js";

export interface DynamoLeasesOptions {
  readonly table: DynamoTable;
  /** A clock on which all hosts agree, such as a `ServerClock`. */
  readonly now: () => number;
}

const KIND = "lease";
/** A lease that frees itself between refusal and reading is asked for again at most so often. */
const ATTEMPTS_MAX = 5;

const leaseIn = (item: Item): Lease => ({
  name: textIn(item, "sk", "a lease"),
  owner: textIn(item, "heldBy", "a lease"),
  expiresMs: numberIn(item, "expiresMs", "a lease"),
  pid: null,
});

const keyFor = (name: string) => {
  checkName(name);
  return spreadKey(KIND, name);
};

/**
 * Leases as items. Each write may be sent twice and means the same: what is owned may be taken, renewed or released
 * again by its owner.
 */
export const createDynamoLeases = ({ table, now }: DynamoLeasesOptions): Leases => {
  const itemOf = (owner: string, ttlMs: number): Item => ({
    heldBy: text(owner),
    expiresMs: number(now() + ttlMs),
  });
  const ownedBy = (owner: string) => ({ expression: "heldBy = :owner", values: { ":owner": text(owner) } });

  return {
    async acquire(name, owner, ttlMs) {
      const key = keyFor(name);
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const outcome = await table.put(key, itemOf(owner, ttlMs), {
          expression: "attribute_not_exists(pk) OR heldBy = :owner OR expiresMs <= :now",
          values: { ":owner": text(owner), ":now": number(now()) },
        });
        if (outcome.kind === "written") return { kind: "held" };
        const standing = await table.get(key);
        if (standing) return { kind: "taken", by: leaseIn(standing) };
      }
      throw new Error(`the lease ${name} is taken and released by others all the time`);
    },
    renew: async (name, owner, ttlMs) =>
      (await table.put(keyFor(name), itemOf(owner, ttlMs), ownedBy(owner))).kind === "written",
    async release(name, owner) {
      await table.remove(keyFor(name), ownedBy(owner));
    },
    async list() {
      const partitions = await Promise.all(
        spreadPartitions(KIND).map(async (pk) => {
          const leases: Lease[] = [];
          for await (const page of table.pages(pk, { kind: "all" })) leases.push(...page.map(leaseIn));
          return leases;
        }),
      );
      return partitions.flat().sort((left, right) => compareUtf8(left.name, right.name));
    },
  };
};
