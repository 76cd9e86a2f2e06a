import type { Static } from "typebox";
import type { LeasesAnswer } from "../../../api/schemas/leases.js";

export type Leases = Static<typeof LeasesAnswer>;
export type Lease = Leases["leases"][number];

const SPEED = "speed/";
const OWNER_CHARS = 8;

export const shardLease = (leases: readonly Lease[], shard: string): Lease | undefined =>
  leases.find(({ name }) => name === SPEED + shard);

/** Leases of what is done for all shards. */
export const roleLeases = (leases: readonly Lease[]): readonly Lease[] =>
  leases.filter(({ name }) => !name.startsWith(SPEED));

export const hasExpired = ({ expires }: Lease, nowMs: number): boolean => Date.parse(expires) < nowMs;

/** An owner's name is long and random: its beginning tells them apart, and the process finds it. */
export const ownerText = ({ owner, pid }: Lease): string =>
  `${owner.slice(0, OWNER_CHARS)}${pid === null ? "" : ` · pid ${pid}`}`;
