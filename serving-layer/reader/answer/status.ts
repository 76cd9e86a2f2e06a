import {
  compareSegmentKeys,
  type EpochMs,
  type GenerationPointer,
  type Ledger,
  type LedgerCounts,
  type Missing,
  type ShardId,
} from "@freshet/model";
import { addCounts, NO_COUNTS } from "../live/counts.js";
import type { LiveView, ReadThrough } from "../live/liveView.js";
import { childrenOf, laterOf, linkKey, type ShardTail } from "../live/shardTail.js";
import type { GenerationStatus, ShardStatus, StatusAnswer } from "../reader.js";
import { isoOf } from "./frame.js";

const NO_LEDGER: Ledger = { ...NO_COUNTS, conflicts: 0 };

/** Counts of what was read after the cut, open segments too. */
export const liveCounts = (tail: ShardTail): LedgerCounts =>
  tail.loaded.reduce((counts, { link }) => addCounts(counts, link.record.counts), tail.taken);

export const usableTails = (view: ReadThrough): readonly ShardTail[] => {
  const usable = new Set<ShardId>(view.reached().chains.map(({ shard }) => shard));
  return [...view.tails.values()].filter(({ shard }) => usable.has(shard));
};

/** The newest event time in the generation or after it; null before any event. */
export const newestEvent = (view: ReadThrough): EpochMs | null =>
  usableTails(view).reduce(
    (newest, tail) =>
      tail.loaded.reduce(
        (time, { link }) => laterOf(time, link.record.newestTimeMs),
        laterOf(newest, tail.newestTimeMs),
      ),
    view.manifest?.newestTimeMs ?? null,
  );

/** The generation's totals and what was read after its cut. */
export const ledgerOf = (view: LiveView): Ledger => {
  const settled = view.manifest?.ledger ?? NO_LEDGER;
  const live = usableTails(view).map(liveCounts).reduce(addCounts, NO_COUNTS);
  return { ...addCounts(settled, live), conflicts: settled.conflicts };
};

export interface StatusInput {
  readonly view: LiveView;
  readonly nowMs: EpochMs;
  readonly segmentMs: number;
  readonly pointer: GenerationPointer | null;
  readonly generationMissing: readonly Missing[];
  readonly eventsPerSecond: (shard: ShardId) => number;
}

const shardStatus = (input: StatusInput, shard: ShardId): ShardStatus => {
  const { view, nowMs, segmentMs } = input;
  const tail = view.tails.get(shard);
  const cut = view.manifest?.cut[shard];
  const last = tail?.loaded.at(-1);
  const key = last ? linkKey(last.link) : (tail?.point ?? cut ?? null);
  const tip = view.tips().get(shard);
  const ended = tail === undefined || childrenOf(tail) !== null;
  const clockOf = (tick: number): string | null => (tick < 0 ? null : isoOf(tick * segmentMs));
  return {
    shard,
    tip: tip ? isoOf(tip.atMs) : null,
    lagMs: ended ? 0 : tip ? Math.max(0, nowMs - tip.atMs) : null,
    arrivalClock: key ? clockOf(key.tick) : null,
    lastSequence: key?.lastSequence ?? null,
    eventsPerSecond: ended ? 0 : input.eventsPerSecond(shard),
    cutThrough: cut ? clockOf(cut.tick) : null,
    ended,
  };
};

const generationStatus = ({ view, pointer }: StatusInput): GenerationStatus | null => {
  const { manifest } = view;
  if (!manifest) return null;
  return {
    generation: manifest.generation,
    pointerRevision: view.pointerRevision,
    created: isoOf(manifest.createdMs),
    parent: manifest.parent,
    kept: pointer?.kept ?? [],
    metrics: Object.values(manifest.metrics)
      .map(({ name }) => name)
      .sort(),
  };
};

export const answerStatus = (input: StatusInput): StatusAnswer => {
  const { view, nowMs } = input;
  const { manifest } = view;
  const { missing, batchThroughMs } = view.reached();
  const shards = [
    ...new Set([...view.tails.keys(), ...(Object.keys(manifest?.cut ?? {}) as ShardId[])]),
  ].sort();
  const statuses = shards.map((shard) => shardStatus(input, shard));
  const lags = statuses.filter(({ ended }) => !ended).map(({ lagMs }) => lagMs);
  const newest = newestEvent(view);
  return {
    now: isoOf(nowMs),
    batchThrough: batchThroughMs === null ? null : isoOf(batchThroughMs),
    newestEvent: newest === null ? null : isoOf(newest),
    missing: [...input.generationMissing, ...missing],
    ledger: ledgerOf(view),
    settledLedger: manifest?.ledger ?? NO_LEDGER,
    shards: statuses,
    cut: manifest?.cut ?? {},
    generation: generationStatus(input),
    freshnessMs: lags.includes(null) || lags.length === 0 ? null : Math.max(...(lags as number[])),
    disagreements: [...(manifest?.disagreements ?? [])].sort((a, b) =>
      a.shard < b.shard ? -1 : a.shard > b.shard ? 1 : compareSegmentKeys(a, b),
    ),
    writeOffs: manifest?.writeOffs ?? [],
  };
};
