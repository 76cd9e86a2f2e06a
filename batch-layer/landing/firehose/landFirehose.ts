import type { ShardId } from "@freshet/model";
import type { DataStore, DuckDb, Shard } from "@freshet/storage";
import type { Logger } from "pino";
import { landAgain, type LogRange } from "../landAgain.js";
import { type LandingPlace, loadPlaces, placeAtBeginning, savePlace, type StoredPlace } from "../place.js";
import { failedDeliveries } from "./errorObject.js";
import { type TakenIn, takeInDeliveries } from "./takeIn.js";
import { type CheckedSegment, checkSegments, placeThrough } from "./wholeSegments.js";

/** Firehose's own default buffer is five minutes, and it tries again for as long as it is told to. */
const FILL_AFTER_MS = 3_600_000;
/** In one pass. */
const FILLS_MAX = 100;

export interface FirehoseLandingOptions {
  readonly data: Pick<DataStore, "log" | "records" | "lake" | "increments">;
  readonly duckdb: DuckDb;
  readonly logger: Logger;
  readonly now: () => number;
  /** Of the lake: where Firehose delivers to, and where it puts what it could not. Both end in `/`. */
  readonly prefix: string;
  readonly errorPrefix: string;
  /** What is missing for longer is read from the log; 0: all that is missing now. */
  readonly fillAfterMs?: number;
}

export interface FirehoseLanded extends TakenIn {
  /** Runs that were missing and were read from the log. */
  readonly filled: readonly LogRange[];
  /** Objects under the error prefix whose records lie in the raw lake by now; they are removed. */
  readonly mended: number;
  /** Those whose records are not all there yet. */
  readonly failed: number;
}

/** Runs of segments that are missing, of those that end before a time. */
const missingRuns = (
  checked: readonly CheckedSegment[],
  segmentMs: number,
  beforeMs: number,
): readonly LogRange[] => {
  const runs: {
    shard: ShardId;
    firstSequence: LogRange["firstSequence"];
    lastSequence: LogRange["lastSequence"];
  }[] = [];
  let isOpen = false;
  for (const { segment, isWhole } of checked) {
    const isMissing = !isWhole && (segment.tick + 1) * segmentMs <= beforeMs;
    const { shard, firstSequence, lastSequence } = segment;
    const run = isOpen ? runs.at(-1) : undefined;
    if (isMissing && run) run.lastSequence = lastSequence;
    else if (isMissing) runs.push({ shard, firstSequence, lastSequence });
    isOpen = isMissing;
  }
  return runs;
};

/** By when what lies under the error prefix had arrived: what is missing up to then will not come by itself. */
const failures = async (
  lake: DataStore["lake"],
  errorPrefix: string,
): Promise<readonly { readonly path: string; readonly throughMs: number }[]> => {
  const found: { path: string; throughMs: number }[] = [];
  for (const path of await lake.list(errorPrefix)) {
    const throughMs = Math.max(
      0,
      ...failedDeliveries(await lake.get(path)).map(({ arrivalMs }) => arrivalMs),
    );
    found.push({ path, throughMs });
  }
  return found;
};

/**
 * One pass of a landing by Firehose: takes in what it delivered, fills from the log what it did not, and moves each shard's
 * place as far as all that speed counted lies in the raw lake. One process at a time. An app must have been published.
 */
export const landFirehose = async (options: FirehoseLandingOptions): Promise<FirehoseLanded> => {
  const { data, duckdb, logger, prefix, errorPrefix, fillAfterMs = FILL_AFTER_MS } = options;
  const { log, records, lake } = data;
  const { id, segmentMs } = log.identity;
  const taken = await takeInDeliveries(data, duckdb, prefix);
  for (const path of taken.refused)
    logger.error({ path }, "an object is no delivery of this log, and was left");
  const failed = await failures(lake, errorPrefix);
  const beforeMs = Math.max(
    options.now() - fillAfterMs,
    ...failed.map(({ throughMs }) => throughMs + segmentMs),
  );

  const states = new Map<ShardId, StoredPlace>(await loadPlaces(records, log));
  const shards = await log.shards();
  const placesOf = (): readonly { readonly shard: Shard; readonly place: LandingPlace }[] =>
    shards.map((shard) => ({
      shard,
      place: states.get(shard.id)?.place ?? placeAtBeginning(id, shard, states),
    }));
  const move = async (checked: ReadonlyMap<ShardId, readonly CheckedSegment[]>): Promise<void> => {
    for (const { shard, place } of placesOf()) {
      const through = placeThrough(place, checked.get(shard.id) ?? [], segmentMs);
      if (through.lastSequence === place.lastSequence && !through.ended === !place.ended) continue;
      const revision = states.get(shard.id)?.revision ?? 0;
      await savePlace(records, through, revision);
      states.set(shard.id, { place: through, revision: revision + 1 });
    }
  };

  const db = await duckdb.connect();
  const filled: LogRange[] = [];
  try {
    const checked = await checkSegments(db, data, placesOf());
    await move(checked);
    const runs = [...checked.values()].flatMap((one) => missingRuns(one, segmentMs, beforeMs));
    for (const run of runs.slice(0, FILLS_MAX)) {
      const again = await landAgain(data, duckdb, run);
      logger.info({ ...run, records: again.records }, "landed from the log what Firehose had not delivered");
      filled.push(run);
    }
    if (filled.length > 0) await move(await checkSegments(db, data, placesOf()));
  } finally {
    await db.close();
  }
  const leastMs = Math.min(
    ...placesOf().map(({ place }) => (place.ended ? Number.POSITIVE_INFINITY : place.clockMs)),
  );
  let mended = 0;
  for (const { path, throughMs } of failed) {
    if (throughMs >= leastMs) continue;
    await lake.remove(path);
    mended += 1;
  }
  return { ...taken, filled, mended, failed: failed.length - mended };
};
