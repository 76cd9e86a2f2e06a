import {
  type EpochMs,
  type GenerationManifest,
  type Group,
  type Increment,
  type Measure,
  type Reach,
  reach,
  type ShardId,
  type Tip,
} from "@freshet/model";
import type { LogIdentity, Shard } from "@freshet/storage";
import { createLivePanes, type LivePanes } from "./livePanes.js";
import {
  chainOf,
  childrenOf,
  createShardTail,
  readTail,
  type ShardTail,
  type TailRead,
  type TailSource,
  takeFinished,
} from "./shardTail.js";

const TAKEN_BETWEEN_PAUSES = 1_000;

export interface OpenGroup extends Group {
  readonly shard: ShardId;
}

/** Everything after one generation's cut, as far as it has been read. */
export interface LiveView {
  readonly manifest: GenerationManifest | null;
  readonly pointerRevision: number;
  readonly panes: LivePanes;
  readonly tails: ReadonlyMap<ShardId, ShardTail>;
  tips(): ReadonlyMap<ShardId, Tip>;
  reached(): Reach;
  /** The groups of what has been read and may still grow: the open segments' share of a metric. */
  openGroups(definition: string): readonly OpenGroup[];
  /** Reads what is new. True when a chain broke on the way: the generation may have been replaced. */
  advance(): Promise<boolean>;
  /** What is missing depends on the time: a tip goes stale by itself. */
  judgeAgain(): void;
}

export interface LiveViewSource extends TailSource {
  readonly identity: LogIdentity;
  shards(): Promise<readonly Shard[]>;
  readonly now: () => EpochMs;
  readonly staleAfterMs: number;
  readonly measuresOf: (definition: string) => readonly Measure[] | null;
}

export const createLiveView = (
  source: LiveViewSource,
  manifest: GenerationManifest | null,
  pointerRevision: number,
): LiveView => {
  const { identity, increments } = source;
  const panes = createLivePanes(source.measuresOf);
  const tails = new Map<ShardId, ShardTail>();
  const parents = new Map<ShardId, readonly ShardId[]>();
  let tips: ReadonlyMap<ShardId, Tip> = new Map();
  let reached: Reach = { chains: [], missing: [], batchThroughMs: null };

  const tailOf = (shard: ShardId): ShardTail => {
    let tail = tails.get(shard);
    if (!tail) {
      tail = createShardTail(shard, manifest?.cut[shard] ?? null);
      tails.set(shard, tail);
    }
    return tail;
  };

  const judge = (): void => {
    reached = reach({
      roster: identity.roster,
      parentsOf: (shard) => parents.get(shard) ?? [],
      manifest,
      segmentMs: identity.segmentMs,
      tips,
      chainOf: (shard) => chainOf(tailOf(shard)),
      nowMs: source.now(),
      staleAfterMs: source.staleAfterMs,
    });
  };

  const readShard = async (shard: ShardId): Promise<TailRead> => {
    const compacted = tails.has(shard) ? [] : await increments.compacted(shard);
    return readTail(tailOf(shard), tips.get(shard) ?? null, compacted, source);
  };

  /** The same walk as `reach` makes, to read what it will ask for. */
  const readAll = async (): Promise<ReadonlyMap<ShardId, TailRead>> => {
    const endedInCut: Readonly<Record<string, readonly ShardId[]>> = manifest?.ended ?? {};
    const todo = [
      ...identity.roster,
      ...(Object.keys(manifest?.cut ?? {}) as ShardId[]),
      ...Object.values(endedInCut).flat(),
    ];
    const seen = new Set<ShardId>();
    const reads = new Map<ShardId, TailRead>();
    for (let shard = todo.pop(); shard !== undefined; shard = todo.pop()) {
      if (seen.has(shard)) continue;
      seen.add(shard);
      if (Object.hasOwn(endedInCut, shard)) continue;
      const read = await readShard(shard);
      reads.set(shard, read);
      todo.push(...(childrenOf(tailOf(shard), read.loaded) ?? []));
    }
    if ([...seen].some((shard) => !parents.has(shard))) {
      for (const shard of await source.shards()) parents.set(shard.id, shard.parents);
    }
    return reads;
  };

  const takeAll = async (): Promise<void> => {
    for (const { shard } of reached.chains) {
      const add = (increment: Increment): void => panes.add(shard, increment);
      while (takeFinished(tailOf(shard), TAKEN_BETWEEN_PAUSES, add)) await source.pause();
    }
  };

  return {
    manifest,
    pointerRevision,
    panes,
    tails,
    tips: () => tips,
    reached: () => reached,
    openGroups(definition) {
      const groups: OpenGroup[] = [];
      for (const { shard } of reached.chains) {
        for (const { increment } of tailOf(shard).loaded) {
          const metric = increment.metrics.find((each) => each.definition === definition);
          for (const group of metric?.groups ?? []) groups.push({ shard, ...group });
        }
      }
      return groups;
    },
    async advance() {
      tips = await increments.tips();
      for (const [shard, { loaded, hole }] of await readAll()) {
        const tail = tailOf(shard);
        tail.loaded = loaded;
        tail.hole = hole;
      }
      judge();
      await takeAll();
      return reached.missing.some(({ kind }) => kind === "segments");
    },
    judgeAgain: judge,
  };
};
