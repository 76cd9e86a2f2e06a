import {
  type Chain,
  type CompactedRecord,
  type CutPoint,
  type EpochMs,
  followChain,
  type Increment,
  type LedgerCounts,
  type Link,
  type SegmentRecord,
  type SequenceNumber,
  type ShardId,
  type Tip,
} from "@freshet/model";
import type { IncrementStore } from "@freshet/storage";
import { addCounts, NO_COUNTS } from "./counts.js";
import type { StartTurns } from "../turns.js";
import type { ReadBody } from "./readBody.js";

const PAGE_RECORDS = 500;

/** A link of the chain with its decoded body. */
export interface LoadedLink {
  readonly link: Link;
  readonly increment: Increment;
}

/** What one shard holds after the cut: what has been taken into the view, and what was read last. */
export interface ShardTail {
  readonly shard: ShardId;
  /** The last link that was taken; the cut before any. */
  point: CutPoint | null;
  /** Counts of what was taken. */
  taken: LedgerCounts;
  /** Links read and not taken yet: finished ones first, then the open segment. */
  loaded: readonly LoadedLink[];
  /** Children, once the `ended` record has been taken. */
  children: readonly ShardId[] | null;
  hole: string | null;
  /** Records of gaps that were taken. */
  gaps: Link[];
  newestTimeMs: EpochMs | null;
  /** The last sequence taken under each app revision, of segments that count anything. */
  readonly revisions: Map<number, SequenceNumber>;
}

export const createShardTail = (shard: ShardId, cut: CutPoint | null): ShardTail => ({
  shard,
  point: cut,
  taken: NO_COUNTS,
  loaded: [],
  children: null,
  hole: null,
  gaps: [],
  newestTimeMs: null,
  revisions: new Map(),
});

export const isFinished = (link: Link): boolean => link.kind === "compacted" || link.record.finished;
/** Without an accepted event a segment adds nothing to any metric, whatever its revision folds. */
export const countsAnything = ({ record }: Link): boolean => record.counts.accepted > 0;
export const linkKey = (link: Link): CutPoint =>
  link.kind === "compacted"
    ? { ...link.record.last, lastSequence: link.record.lastSequence }
    : {
        tick: link.record.tick,
        ordinal: link.record.ordinal,
        lastSequence: link.record.lastSequence,
      };

const readRecords = async (tail: ShardTail, from: TailSource): Promise<SegmentRecord[]> => {
  const records: SegmentRecord[] = [];
  const turns = from.startTurns();
  for (;;) {
    const page = await from.increments.segments(tail.shard, records.at(-1) ?? tail.point, PAGE_RECORDS);
    records.push(...page);
    if (page.length < PAGE_RECORDS) return records;
    await turns.next();
  }
};

export interface TailSource {
  readonly increments: IncrementStore;
  readonly readBody: ReadBody;
  readonly knowsRevision: (revision: number) => boolean;
  /** Lets others run during a long read. */
  readonly startTurns: StartTurns;
}

/** What one reading of a shard found; it stands once it is applied, together with that of the other shards. */
export interface TailRead {
  readonly loaded: readonly LoadedLink[];
  readonly hole: string | null;
}

/**
 * Reads what stands after the point, and loads the bodies; the links before a body that cannot be read stand.
 *
 * @param tip read before: a chain that is shorter is a hole
 */
export const readTail = async (
  tail: ShardTail,
  tip: Tip | null,
  compacted: readonly CompactedRecord[],
  from: TailSource,
): Promise<TailRead> => {
  if (tail.children !== null) return { loaded: [], hole: null };
  const records = await readRecords(tail, from);
  const chain = followChain(tail.shard, tail.point, records, compacted, tip);
  const known = new Map(tail.loaded.map((each) => [each.link.record.bodyHash, each.increment]));
  const loaded: LoadedLink[] = [];
  const turns = from.startTurns();
  for (const link of chain.links) {
    if (!from.knowsRevision(link.record.revision)) {
      return { loaded, hole: `app revision ${link.record.revision} is not known yet` };
    }
    const { body, bodyHash } = link.record;
    try {
      loaded.push({ link, increment: known.get(bodyHash) ?? (await from.readBody(body, bodyHash)) });
    } catch (error) {
      const { tick, ordinal } = linkKey(link);
      const reason = error instanceof Error ? error.message : String(error);
      return { loaded, hole: `the body of segment ${tick}.${ordinal} cannot be read: ${reason}` };
    }
    if (turns.due()) await turns.next();
  }
  return { loaded, hole: chain.hole };
};

/** The children that the shard's `ended` record names, taken or not. */
export const childrenOf = (
  tail: ShardTail,
  loaded: readonly LoadedLink[] = tail.loaded,
): readonly ShardId[] | null => {
  if (tail.children) return tail.children;
  const last = loaded.at(-1)?.link;
  return last?.kind === "segment" && last.record.ended ? last.record.children : null;
};

/** As the model's rules see it: gaps and what is loaded stand for the links. */
export const chainOf = (tail: ShardTail): Chain => {
  const last = tail.loaded.at(-1)?.link;
  return {
    shard: tail.shard,
    links: [...tail.gaps, ...tail.loaded.map(({ link }) => link)],
    lastSequence: (last ? linkKey(last) : tail.point)?.lastSequence ?? null,
    children: childrenOf(tail),
    hole: tail.hole,
  };
};

/** Takes finished links that are loaded, in order, until it is due to stop. False: there are no more. */
export const takeFinished = (
  tail: ShardTail,
  due: () => boolean,
  take: (loaded: LoadedLink) => void,
): boolean => {
  let count = 0;
  let stopped = false;
  for (const loaded of tail.loaded) {
    const { link } = loaded;
    if (!isFinished(link)) break;
    stopped = count > 0 && due();
    if (stopped) break;
    count++;
    take(loaded);
    tail.point = linkKey(link);
    tail.taken = addCounts(tail.taken, link.record.counts);
    if (countsAnything(link)) tail.revisions.set(link.record.revision, link.record.lastSequence);
    tail.newestTimeMs = laterOf(tail.newestTimeMs, link.record.newestTimeMs);
    if (link.kind === "segment" && link.record.gap) tail.gaps.push(link);
    if (link.kind === "segment" && link.record.ended) tail.children = link.record.children;
  }
  tail.loaded = tail.loaded.slice(count);
  return stopped;
};

export const laterOf = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null ? b : b === null || a > b ? a : b;
