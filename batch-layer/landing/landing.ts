import { type EpochMs, sequenceNumber, type ShardId, type Tick } from "@freshet/model";
import type { DataStore, DuckDb, ReadResult, Shard } from "@freshet/storage";
import type { Logger } from "pino";
import { createIntakes } from "./intake.js";
import { createJudges } from "./judges.js";
import { canLand, type LandingPlace, loadPlaces, placeAtBeginning, savePlace } from "./place.js";
import { createRawStage } from "./rawLake.js";
import { hourOfTick } from "./rawRows.js";

export interface LandingSettings {
  /** Rows wait at most this long. */
  readonly flushAfterMs: number;
  readonly pendingRowsMax: number;
  readonly pendingBytesMax: number;
  readonly readRecordsMax: number;
  readonly pollAfterMs: number;
}

export const LANDING_SETTINGS: LandingSettings = {
  flushAfterMs: 5_000,
  pendingRowsMax: 500_000,
  pendingBytesMax: 256 * 1024 * 1024,
  readRecordsMax: 5_000,
  pollAfterMs: 200,
};

interface ShardState {
  place: LandingPlace;
  revision: number;
  /** Whether `place` differs from what is stored. */
  moved: boolean;
  /** After which sequence records were found trimmed last: it is said once. */
  trimmedAfter: string | null;
}

/** What one look at every shard found. */
export interface Look {
  /** Whether any record was taken, or a shard ended. */
  readonly moved: boolean;
  /** Whether every shard was read to its end. */
  readonly complete: boolean;
}

/** Lands what the log holds: `look` takes records, `publish` makes them part of the lake and then remembers the places. */
export interface Landing {
  look(): Promise<Look>;
  publish(): Promise<void>;
  /** Forgets what was taken, but not published. */
  abandon(): Promise<void>;
  readonly pendingRows: number;
  readonly full: boolean;
}

export const createLanding = async (
  { log, records, lake }: Pick<DataStore, "log" | "records" | "lake">,
  duckdb: DuckDb,
  logger: Logger,
  settings: LandingSettings,
): Promise<Landing> => {
  const { id, segmentMs } = log.identity;
  const judges = createJudges(records);
  const states = new Map<ShardId, ShardState>();
  for (const [shard, { place, revision }] of await loadPlaces(records, log)) {
    states.set(shard, { place, revision, moved: false, trimmedAfter: null });
  }
  const stage = createRawStage({ duckdb, lake, records, log: id });
  const intakeOf = createIntakes(stage, log.identity.digest);

  const stateOf = (shard: Shard): ShardState => {
    let state = states.get(shard.id);
    if (!state) {
      state = { place: placeAtBeginning(id, shard, states), revision: 0, moved: false, trimmedAfter: null };
      states.set(shard.id, state);
    }
    return state;
  };

  /** Takes records up to the first whose tick has no known rules; false there. */
  const take = async (shard: ShardId, state: ShardState, read: ReadResult): Promise<boolean> => {
    let { lastSequence, clockMs } = state.place;
    const intake = intakeOf(shard);
    let taken = 0;
    for (const record of read.records) {
      const clock = Math.max(clockMs, record.arrivalMs) as EpochMs;
      const tick = Math.floor(clock / segmentMs) as Tick;
      const judge = judges.known(tick) ?? (await judges.at(tick));
      if (judge === null) break;
      const hour = hourOfTick(tick, segmentMs);
      if (!intake.takes(hour, judge)) await intake.stage();
      intake.add(record, hour, judge);
      lastSequence = record.sequence;
      clockMs = clock;
      taken += 1;
    }
    await intake.stage();
    if (taken > 0) {
      state.place = { ...state.place, lastSequence, clockMs };
      state.moved = true;
    }
    return taken === read.records.length;
  };

  /** Passes over what was trimmed before it was landed: batch finds that it is missing, and names it. */
  const passOver = (state: ShardState, trimmed: NonNullable<ReadResult["trimmed"]>): void => {
    const { firstAvailable } = trimmed;
    const { shard, lastSequence } = state.place;
    const after = lastSequence ?? "";
    if (state.trimmedAfter !== after) {
      state.trimmedAfter = after;
      logger.warn({ shard, after, until: firstAvailable }, "records were trimmed before they were landed");
    }
    if (firstAvailable === null) return;
    state.place = { ...state.place, lastSequence: sequenceNumber(BigInt(firstAvailable) - 1n) };
    state.moved = true;
  };

  const lookAt = async (shard: Shard): Promise<Look> => {
    const state = stateOf(shard);
    const before = state.place;
    const read = await log.read(shard.id, before.lastSequence, settings.readRecordsMax);
    if (read.trimmed) passOver(state, read.trimmed);
    const taken = await take(shard.id, state, read);
    if (taken && read.ended) {
      state.place = { ...state.place, ended: { children: read.ended.children } };
      state.moved = true;
    }
    return { moved: state.place !== before, complete: taken && (read.atEnd || read.ended !== null) };
  };

  const landing: Landing = {
    async look() {
      const shards = await log.shards();
      const known = new Set(shards.map((shard) => shard.id));
      let moved = false;
      let complete = true;
      for (const shard of shards) {
        if (states.get(shard.id)?.place.ended) continue;
        if (landing.full || !canLand(shard, known, states)) {
          complete = false;
          continue;
        }
        const look = await lookAt(shard);
        moved ||= look.moved;
        complete &&= look.complete;
      }
      return { moved, complete };
    },
    async publish() {
      const { rows } = stage;
      const paths = await stage.publish();
      for (const state of states.values()) {
        if (!state.moved) continue;
        await savePlace(records, state.place, state.revision);
        state.revision += 1;
        state.moved = false;
      }
      if (rows > 0) logger.debug({ rows, files: paths.length }, "landed");
    },
    abandon: () => stage.abandon(),
    get pendingRows() {
      return stage.rows;
    },
    get full() {
      return stage.rows >= settings.pendingRowsMax || stage.bytes >= settings.pendingBytesMax;
    },
  };
  return landing;
};
