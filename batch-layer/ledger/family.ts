import type { ShardId } from "@freshet/model";

/** Who descends from whom: what the log says, and what ended shards said of their children. */
export interface Family {
  /** All that it knows, as `familyFrom` takes it. */
  readonly parents: readonly (readonly [child: ShardId, parents: readonly ShardId[]])[];
  parentsOf(shard: ShardId): readonly ShardId[];
  /** Parents, their parents and so on. */
  ancestorsOf(shard: ShardId): readonly ShardId[];
}

/** A family as another process knew it. */
export const familyFrom = (known: Family["parents"]): Family => {
  const parents = new Map(known);
  const parentsOf = (shard: ShardId): readonly ShardId[] => parents.get(shard) ?? [];
  return {
    parents: known,
    parentsOf,
    ancestorsOf(shard) {
      const found = new Set<ShardId>();
      const todo = [...parentsOf(shard)];
      for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
        if (found.has(at)) continue;
        found.add(at);
        todo.push(...parentsOf(at));
      }
      return [...found].sort();
    },
  };
};

export const familyOf = (
  shards: readonly { readonly id: ShardId; readonly parents: readonly ShardId[] }[],
  ended: Readonly<Record<string, readonly ShardId[]>>,
): Family => {
  const parents = new Map<ShardId, Set<ShardId>>();
  const add = (child: ShardId, parent: ShardId): void => {
    parents.set(child, (parents.get(child) ?? new Set()).add(parent));
  };
  for (const shard of shards) for (const parent of shard.parents) add(shard.id, parent);
  for (const [parent, children] of Object.entries(ended))
    for (const child of children) add(child, parent as ShardId);
  return familyFrom([...parents].map(([child, of]) => [child, [...of]]));
};
