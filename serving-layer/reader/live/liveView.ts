import {
  type EpochMs,
  type GenerationManifest,
  type Reach,
  reach,
  type ShardId,
  type Tip,
} from "@freshet/model";
import type { LogIdentity, Shard } from "@freshet/storage";
import type { StartTurns } from "../turns.js";
import { type Part, samePart } from "./part.js";
import {
  chainOf,
  childrenOf,
  createShardTail,
  linkKey,
  type LoadedLink,
  readTail,
  type ShardTail,
  type TailRead,
  type TailSource,
  takeFinished,
} from "./shardTail.js";

/** How far the shards were read, and what of it counts. */
export interface ReadThrough {
  readonly manifest: GenerationManifest | null;
  readonly tails: ReadonlyMap<ShardId, ShardTail>;
  reached(): Reach;
}

/** What a reading found: it stands once it is applied. */
export interface NextRead extends ReadThrough {
  readonly tips: ReadonlyMap<ShardId, Tip>;
  readonly parts: readonly Part[];
}

/** Everything after one generation's cut, as far as it has been read. @typeParam Panes where finished parts are taken to */
export interface LiveView<Panes = unknown> extends ReadThrough {
  readonly pointerRevision: number;
  readonly panes: Panes;
  tips(): ReadonlyMap<ShardId, Tip>;
  /** What counts and was not taken yet: the open segments, and finished ones. The same array while it stays the same. */
  parts(): readonly Part[];
  /** Reads what is new; nothing changes. */
  read(): Promise<NextRead>;
  /** Lets it stand. True when a chain broke: the generation may have been replaced. */
  apply(next: NextRead): boolean;
  /** Takes what is finished, in turns. No answer changes by it. */
  take(): Promise<void>;
  /** What is missing depends on the time: a tip goes stale by itself. */
  judgeAgain(): void;
}

/** All of it at once. True when a chain broke on the way. */
export const advance = async (view: LiveView): Promise<boolean> => {
  const broken = view.apply(await view.read());
  await view.take();
  return broken;
};

export interface LiveViewSource extends TailSource {
  readonly identity: LogIdentity;
  shards(): Promise<readonly Shard[]>;
  readonly now: () => EpochMs;
  readonly staleAfterMs: number;
  readonly startTurns: StartTurns;
}

/** Read at the same time: a store at the other end of a network answers many as fast as one. */
const SHARDS_AT_ONCE = 16;

const partOf = (shard: ShardId, { link, increment }: LoadedLink): Part => {
  const { tick, ordinal } = linkKey(link);
  return { name: `${shard} ${tick}.${ordinal}`, shard, increment };
};
const partsOf = ({ shard, loaded }: ShardTail): Part[] => loaded.map((each) => partOf(shard, each));

export const createLiveView = <Panes extends { add(part: Part): void }>(
  source: LiveViewSource,
  panes: Panes,
  manifest: GenerationManifest | null,
  pointerRevision: number,
): LiveView<Panes> => {
  const { identity, increments } = source;
  const tails = new Map<ShardId, ShardTail>();
  const parents = new Map<ShardId, readonly ShardId[]>();
  let tips: ReadonlyMap<ShardId, Tip> = new Map();
  let parts: readonly Part[] | null = null;
  let reached: Reach = { chains: [], missing: [], batchThroughMs: null };

  const tailOf = (shard: ShardId): ShardTail => {
    let tail = tails.get(shard);
    if (!tail) {
      tail = createShardTail(shard, manifest?.cut[shard] ?? null);
      tails.set(shard, tail);
    }
    return tail;
  };

  const standing = (): readonly Part[] =>
    (parts ??= reached.chains.flatMap(({ shard }) => partsOf(tailOf(shard))));

  const judge = (read: ReadonlyMap<ShardId, ShardTail>, seen: ReadonlyMap<ShardId, Tip>): Reach =>
    reach({
      roster: identity.roster,
      parentsOf: (shard) => parents.get(shard) ?? [],
      manifest,
      segmentMs: identity.segmentMs,
      tips: seen,
      chainOf: (shard) => chainOf(read.get(shard) ?? tailOf(shard)),
      nowMs: source.now(),
      staleAfterMs: source.staleAfterMs,
    });

  const readShard = async (shard: ShardId, tip: Tip | null): Promise<TailRead> => {
    const compacted = tails.has(shard) ? [] : await increments.compacted(shard);
    return readTail(tailOf(shard), tip, compacted, source);
  };

  /** The same walk as `reach` makes, to read what it will ask for. */
  const readAll = async (seenTips: ReadonlyMap<ShardId, Tip>): Promise<Map<ShardId, ShardTail>> => {
    const endedInCut: Readonly<Record<string, readonly ShardId[]>> = manifest?.ended ?? {};
    const todo = [
      ...identity.roster,
      ...(Object.keys(manifest?.cut ?? {}) as ShardId[]),
      ...Object.values(endedInCut).flat(),
    ];
    const seen = new Set<ShardId>();
    const reads = new Map<ShardId, ShardTail>();
    const readOne = async (shard: ShardId): Promise<void> => {
      const read = { ...tailOf(shard), ...(await readShard(shard, seenTips.get(shard) ?? null)) };
      reads.set(shard, read);
      todo.push(...(childrenOf(read) ?? []));
    };
    for (let wave = todo.splice(0); wave.length > 0; wave = todo.splice(0)) {
      const unseen = [...new Set(wave)].filter((shard) => !seen.has(shard));
      for (const shard of unseen) seen.add(shard);
      const shards = unseen.filter((shard) => !Object.hasOwn(endedInCut, shard)).values();
      const reader = async (): Promise<void> => {
        for (const shard of shards) await readOne(shard);
      };
      await Promise.all(Array.from({ length: SHARDS_AT_ONCE }, reader));
    }
    if ([...seen].some((shard) => !parents.has(shard))) {
      for (const shard of await source.shards()) parents.set(shard.id, shard.parents);
    }
    return reads;
  };

  return {
    manifest,
    pointerRevision,
    panes,
    tails,
    tips: () => tips,
    reached: () => reached,
    parts: standing,
    async read() {
      const seen = await increments.tips();
      const read = await readAll(seen);
      const found = judge(read, seen);
      const next = found.chains.flatMap(({ shard }) => partsOf(read.get(shard) ?? tailOf(shard)));
      const before = standing();
      const same =
        next.length === before.length && next.every((part, at) => samePart(part, before[at] as Part));
      return { manifest, tails: read, tips: seen, reached: () => found, parts: same ? before : next };
    },
    apply(next) {
      tips = next.tips;
      for (const [shard, { loaded, hole }] of next.tails) {
        const tail = tailOf(shard);
        tail.loaded = loaded;
        tail.hole = hole;
      }
      reached = next.reached();
      parts = next.parts;
      return reached.missing.some(({ kind }) => kind === "segments");
    },
    async take() {
      const turns = source.startTurns();
      for (const { shard } of reached.chains) {
        const add = (loaded: LoadedLink): void => {
          panes.add(partOf(shard, loaded));
          parts = null;
        };
        while (takeFinished(tailOf(shard), turns.due, add)) await turns.next();
      }
    },
    judgeAgain() {
      reached = judge(tails, tips);
      parts = null;
    },
  };
};
