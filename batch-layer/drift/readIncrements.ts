import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  compareSegmentKeys,
  type Cut,
  decodeColumns,
  type GroupColumns,
  type SegmentRecord,
  type ShardId,
  type WantedStates,
} from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import type { SegmentClass } from "./liveSide.js";

/** Records that are held at once; others have their turn in between. */
const PAGE_SEGMENTS = 100;

/** A segment whose rows enter in this run, by its number in the table `segment`. */
export interface EnteringSegment {
  readonly segment: number;
  readonly class: SegmentClass;
}

/** What is taken of a metric's increments; null: nothing. */
export type WantedOf = (definition: string) => WantedStates | null;

/** By shard, then by tick and ordinal as text. */
export type EnteringSegments = ReadonlyMap<ShardId, ReadonlyMap<string, EnteringSegment>>;

export interface Unread {
  readonly segment: number;
  readonly detail: string;
}

export const segmentName = ({ tick, ordinal }: Pick<SegmentRecord, "tick" | "ordinal">): string =>
  `${tick}.${ordinal}`;

const readIncrement = async (
  { lake }: Pick<DataStore, "lake">,
  { body, bodyHash }: SegmentRecord,
  wantedOf: WantedOf,
): Promise<readonly GroupColumns[]> => {
  const bytes =
    body.kind === "inline"
      ? body.bytes
      : await lake.get(body.path, { offset: body.offset, length: body.length });
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== bodyHash) throw new Error(`its hash is ${found.slice(0, 16)}, not ${bodyHash.slice(0, 16)}`);
  return decodeColumns(bytes, wantedOf);
};

/**
 * Hands over live's increments of the segments between two cuts. Returns those that cannot be read: gone, damaged or of
 * another version. What was written off need not have any.
 */
export const readIncrements = async (
  data: Pick<DataStore, "increments" | "lake">,
  run: { readonly from: Cut; readonly through: Cut; readonly entering: EnteringSegments },
  wantedOf: WantedOf,
  take: (metrics: readonly GroupColumns[], segment: SegmentClass) => void,
): Promise<readonly Unread[]> => {
  const unread: Unread[] = [];
  for (const [shard, entering] of run.entering) {
    const through = run.through[shard];
    const left = new Map(entering);
    let after: SegmentRecord | Cut[string] | null = run.from[shard] ?? null;
    for (let more = through !== undefined; more; ) {
      const page: readonly SegmentRecord[] = await data.increments.segments(shard, after, PAGE_SEGMENTS);
      for (const record of page) {
        const found = left.get(segmentName(record));
        if (!found) continue;
        left.delete(segmentName(record));
        try {
          take(await readIncrement(data, record, wantedOf), found.class);
        } catch (error) {
          const detail = error instanceof Error ? error.message : String(error);
          unread.push({
            segment: found.segment,
            detail: `segment ${segmentName(record)} of ${shard}: ${detail}`,
          });
        }
      }
      after = page.at(-1) ?? after;
      more =
        page.length === PAGE_SEGMENTS &&
        after !== null &&
        compareSegmentKeys(after, through as Cut[string]) < 0;
      await nextTurn();
    }
    for (const [name, { segment, class: of }] of left) {
      if (of === "compared")
        unread.push({ segment, detail: `segment ${name} of ${shard}: it has no record` });
    }
  }
  return unread;
};
