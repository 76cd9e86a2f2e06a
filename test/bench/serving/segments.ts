import { createHash } from "node:crypto";
import {
  encodeIncrement,
  type EpochMs,
  type Group,
  type GroupKey,
  type SegmentRecord,
  type SequenceNumber,
  sequenceNumber,
  type ShardId,
  type Tick,
} from "@freshet/model";
import type { DataDirectory } from "@freshet/storage";
import { definition, measures } from "./app.js";
import { keyOf, zipf } from "./dice.js";

export const SEGMENT_MS = 1_000;
const PANE_MS = 60_000;
const INLINE_BYTES_MAX = 8 * 1024;
const USERS = 5_000_000;
const DWELL_MS_MAX = 120_000;

interface OpenGroup extends Group {
  readonly states: unknown[];
}

/** One shard's chain, written as a speed worker does: the open segment again and again, longer. */
export interface Chain {
  readonly shard: ShardId;
  /** One event of a random article. Its arrival says in which segment: a new one finishes the one before. */
  add(arrivalMs: number, timeMs: number): Promise<void>;
  /** Writes the open segment as far as it goes. @returns how many groups it has */
  flush(finished: boolean): Promise<number>;
  last(): SequenceNumber;
}

export const createChain = (
  { increments, lake }: Pick<DataDirectory, "increments" | "lake">,
  shard: ShardId,
  unit: () => number,
  startAfter: bigint,
): Chain => {
  let sequence = startAfter;
  let previous: SequenceNumber = sequenceNumber(sequence);
  let tick = -1;
  let first = previous;
  let events = 0;
  let newestMs = 0;
  let bodies = 0;
  let groups = new Map<number, Map<GroupKey, OpenGroup>>();

  const flush = async (finished: boolean): Promise<number> => {
    if (tick < 0 || events === 0) return 0;
    const sorted = [...groups]
      .sort(([a], [b]) => a - b)
      .flatMap(([, pane]) => [...pane.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));
    const body = encodeIncrement(
      { metrics: [{ definition: definition.hash, overflow: false, groups: sorted }] },
      () => measures,
    );
    const path = `bodies/${shard}/${tick}-${bodies++}.bin`;
    const inline = body.length <= INLINE_BYTES_MAX;
    if (!inline) await lake.put(path, body);
    const record: SegmentRecord = {
      version: 1,
      shard,
      tick: tick as Tick,
      ordinal: 0,
      firstSequence: first,
      lastSequence: sequenceNumber(sequence),
      previousSequence: previous,
      finished,
      ended: false,
      children: [],
      revision: 1,
      counts: { records: events, events, accepted: events, duplicates: 0, rejected: {} },
      newestTimeMs: newestMs as EpochMs,
      body: inline
        ? { kind: "inline", bytes: body }
        : { kind: "object", path, offset: 0, length: body.length },
      bodyHash: createHash("sha256").update(body).digest("hex"),
    };
    const written = await increments.writeSegment(record);
    if (written.kind !== "written") throw new Error(`the segment was ${written.kind}`);
    if (finished) {
      previous = record.lastSequence;
      events = 0;
    }
    return sorted.length;
  };

  return {
    shard,
    async add(arrivalMs, timeMs) {
      const at = Math.floor(arrivalMs / SEGMENT_MS);
      if (at > tick) {
        await flush(true);
        tick = at;
        events = 0;
        newestMs = 0;
        groups = new Map();
        first = sequenceNumber(sequence + 1n);
      }
      sequence++;
      events++;
      newestMs = Math.max(newestMs, timeMs);
      const paneMs = (Math.floor(timeMs / PANE_MS) * PANE_MS) as EpochMs;
      const pane = groups.get(paneMs) ?? new Map<GroupKey, OpenGroup>();
      groups.set(paneMs, pane);
      const key = keyOf(zipf(unit()));
      const group = pane.get(key) ?? { paneMs, key, states: measures.map((measure) => measure.zero()) };
      pane.set(key, group);
      const user = Math.floor(unit() * USERS);
      const dwell = Math.floor(unit() ** 4 * DWELL_MS_MAX);
      const inputs = [null, `user-${user}`, dwell];
      measures.forEach((measure, index) => {
        group.states[index] = measure.add(group.states[index], inputs[index] ?? null);
      });
    },
    flush,
    last: () => sequenceNumber(sequence),
  };
};
