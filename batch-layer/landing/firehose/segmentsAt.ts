import type { SegmentKey, SegmentRecord, SequenceNumber, ShardId, Tick } from "@freshet/model";
import type { IncrementStore } from "@freshet/storage";

const PAGE_SEGMENTS = 1_000;

/** All that is stored of a shard from a tick on, or a little before, in order; from the beginning where it is null. */
export async function* segmentsFrom(
  increments: IncrementStore,
  shard: ShardId,
  tick: number | null,
): AsyncGenerator<SegmentRecord> {
  let after: SegmentKey | null = tick === null || tick < 1 ? null : { tick: (tick - 1) as Tick, ordinal: 0 };
  for (;;) {
    const page: readonly SegmentRecord[] = await increments.segments(shard, after, PAGE_SEGMENTS);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE_SEGMENTS) return;
    after = last;
  }
}

/** Where a sequence lies: in a segment of that tick; before all that is stored; or after it. */
export type SegmentPlace =
  | { readonly kind: "within"; readonly tick: Tick }
  | { readonly kind: "before" }
  | { readonly kind: "after" };

/** What speed stored around some records. */
export interface StoredSegments {
  placeOf(sequence: SequenceNumber): SegmentPlace;
}

/** @param tick of the earliest arrival: an arrival clock never stands before a record's own arrival */
export const storedSegments = async (
  increments: IncrementStore,
  shard: ShardId,
  tick: number,
): Promise<StoredSegments> => {
  const stored: SegmentRecord[] = [];
  for await (const record of segmentsFrom(increments, shard, tick)) stored.push(record);
  return {
    placeOf(sequence) {
      let low = 0;
      let high = stored.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((stored[middle] as SegmentRecord).lastSequence < sequence) low = middle + 1;
        else high = middle;
      }
      const segment = stored[low];
      if (!segment) return { kind: "after" };
      const { previousSequence } = segment;
      if (low === 0 && previousSequence !== null && sequence <= previousSequence) return { kind: "before" };
      return { kind: "within", tick: segment.tick };
    },
  };
};
