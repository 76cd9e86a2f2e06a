import { AT_TIMESTAMP, type Checkpoint, LATEST, TRIM_HORIZON } from "../lease/checkpoint.js";
import { byShard, type HashRange, isUntouched, type Lease, newLease } from "../lease/lease.js";

/** A shard as the stream lists it. */
export interface ListedShard {
  readonly id: string;
  /** Those that it came from; they may have left the log. */
  readonly parents: readonly string[];
  readonly hashRange: HashRange;
  readonly closed: boolean;
}

/** Where an application begins that has no leases yet. Milliseconds since 1970, of arrival. */
export type InitialPosition =
  | { readonly kind: "trimHorizon" }
  | { readonly kind: "latest" }
  | { readonly kind: "timestamp"; readonly timeMs: number };

/** Where shards begin that no lease says anything of. */
export interface Beginning {
  /** Those that cover the stream at that point: what they came of is not read. None, where everything is. */
  readonly shards: ReadonlySet<string>;
  readonly checkpoint: Checkpoint;
  readonly startMs: number | null;
}

/** Parents before children, whatever the order of the list. */
const inOrder = (shards: ReadonlyMap<string, ListedShard>): readonly ListedShard[] => {
  const ordered = new Map<string, ListedShard>();
  for (const shard of shards.values()) {
    const path: ListedShard[] = [shard];
    while (path.length > 0) {
      const next = path.at(-1) as ListedShard;
      const before = next.parents
        .map((id) => shards.get(id))
        .filter((parent) => parent && !ordered.has(parent.id));
      if (before.length > 0) path.push(...(before as ListedShard[]));
      else {
        ordered.set(next.id, next);
        path.pop();
      }
    }
  }
  return [...ordered.values()];
};

/** The shards that these come of, near and far; those that have left the log too. */
const ancestorsOf = (
  of: readonly { readonly parents: readonly string[] }[],
  parentsOf: (id: string) => readonly string[],
): ReadonlySet<string> => {
  const found = new Set<string>();
  const rest = of.flatMap(({ parents }) => parents);
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    rest.push(...parentsOf(id));
  }
  return found;
};

const isFirst = ({ startMs, checkpoint }: Lease): boolean =>
  startMs !== null || checkpoint.kind === "latest" || checkpoint.kind === "atTimestamp";

/**
 * The leases that are missing, to be made in this order, one after the other: of every listed shard, unless it is past. Past is what
 * some begun descendant shows to have been worked through, and what lies before the beginning. What comes of a shard that is or was
 * worked begins at its first record; `beginning` is for the others. Parents come first: so whoever sees a child's lease finds its
 * parents' too, or learns by asking again that they are past.
 */
export const missingLeases = (
  listed: readonly ListedShard[],
  standing: readonly Lease[],
  beginning: Beginning,
): readonly Lease[] => {
  const shards = new Map(listed.map((shard) => [shard.id, shard]));
  const leases = new Map(byShard(standing));
  const parentsOf = (id: string): readonly string[] => (shards.get(id) ?? leases.get(id))?.parents ?? [];
  const begun = standing.filter((lease) => !isUntouched(lease));
  const worked = ancestorsOf(
    begun.filter((lease) => !isFirst(lease)),
    parentsOf,
  );
  const first = listed.filter(({ id }) => beginning.shards.has(id));
  const before = ancestorsOf([...begun.filter(isFirst), ...first], parentsOf);
  const made: Lease[] = [];
  for (const { id, parents, hashRange } of inOrder(shards)) {
    if (leases.has(id) || worked.has(id) || before.has(id)) continue;
    const continues = parents.some((parent) => leases.has(parent) || worked.has(parent));
    const { checkpoint, startMs } = continues ? { checkpoint: TRIM_HORIZON, startMs: null } : beginning;
    const lease = newLease(id, { checkpoint, startMs, parents, hashRange });
    leases.set(id, lease);
    made.push(lease);
  }
  return made;
};

/**
 * Where shards begin that have nothing to do with any lease. An application that already runs has lost rows then: it goes back to
 * where it first began, as far as that is known, and to the oldest record otherwise: rather twice than never.
 */
export const beginningOf = (
  standing: readonly Lease[],
  initial: InitialPosition,
  nowMs: number,
): Omit<Beginning, "shards"> => {
  const starts = standing.flatMap(({ startMs }) => (startMs === null ? [] : [startMs]));
  if (starts.length > 0) {
    return { checkpoint: initial.kind === "timestamp" ? AT_TIMESTAMP : LATEST, startMs: Math.min(...starts) };
  }
  if (standing.length > 0) return { checkpoint: TRIM_HORIZON, startMs: null };
  switch (initial.kind) {
    case "trimHorizon":
      return { checkpoint: TRIM_HORIZON, startMs: null };
    case "latest":
      return { checkpoint: LATEST, startMs: nowMs };
    case "timestamp":
      return { checkpoint: AT_TIMESTAMP, startMs: initial.timeMs };
  }
};
