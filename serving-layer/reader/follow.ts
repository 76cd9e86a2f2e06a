import {
  type EpochMs,
  GENERATION_POINTER,
  type GenerationManifest,
  type GenerationPointer,
  type MeasuresOf,
  type Missing,
  type Schedule,
  SCHEDULE,
  type ShardId,
} from "@freshet/model";
import type { DataStore, Versioned } from "@freshet/storage";
import { liveCounts } from "./answer/status.js";
import { type Catalog, createCatalog } from "./catalog.js";
import {
  advance as advanceView,
  type LiveView,
  type LiveViewSource,
  type NextRead,
} from "./live/liveView.js";
import { createRateMeter, type RateMeter } from "./live/rateMeter.js";
import type { ReadBody } from "./live/readBody.js";
import { readManifest } from "./settled/manifest.js";
import type { StartTurns } from "./turns.js";
import { viewVersion } from "./viewVersion.js";

export type FollowedStores = Pick<DataStore, "log" | "increments" | "records" | "lake">;

/** One generation with what came after it, and what has been reckoned of both: dropped when the next one stands. */
export interface FollowedSession {
  readonly view: LiveView;
  /** Reckons what the next read will change, in turns; what it returns lets that stand, together with the read. */
  prepare(next: NextRead): Promise<() => void>;
  /** After parts were taken: puts them where they belong, in turns. No answer changes by it. */
  tidy(): Promise<void>;
  /** Reckons what was asked of the session before, so that nobody waits for it. */
  warm(before: this): Promise<void>;
  close(): void;
}

/** What a session is made of. */
export interface SessionSource {
  readonly live: LiveViewSource;
  readonly measuresOf: MeasuresOf;
  readonly manifest: GenerationManifest | null;
  readonly pointerRevision: number;
  readonly catalog: () => Catalog;
  /** A generation that should be there and cannot be read. */
  readonly generationMissing: () => readonly Missing[];
}

/** The session of another generation, while it is made. */
interface Next<Session> {
  ready: Session | null;
  failed: { readonly error: unknown } | null;
  done: Promise<void>;
}

/** Keeps up with the stores, step by step. */
export interface Follower<Session extends FollowedSession> {
  catalog(): Catalog;
  session(): Session;
  pointer(): GenerationPointer | null;
  generationMissing(): readonly Missing[];
  eventsPerSecond(shard: ShardId): number;
  version(): string;
  /** Reads what is new. True when the version changed. */
  step(): Promise<boolean>;
  /** After a step that failed: tips go stale all the same. True when the version changed. */
  judgeAgain(): boolean;
}

export const createFollower = <Session extends FollowedSession>(settings: {
  readonly data: FollowedStores;
  readonly readBodyBy: (measuresOf: MeasuresOf) => ReadBody;
  readonly sessionOf: (source: SessionSource) => Session;
  readonly now: () => EpochMs;
  readonly staleAfterMs: number;
  readonly startTurns: StartTurns;
}): Follower<Session> => {
  const { data, now } = settings;
  const rates = new Map<ShardId, RateMeter>();
  let schedule: Versioned<Schedule> | null = null;
  let catalog = createCatalog(null);
  let pointer: Versioned<GenerationPointer> | null = null;
  let generationMissing: readonly Missing[] = [];
  const measuresOf = (definition: string) => catalog.byHash(definition)?.measures ?? null;

  const sessionOf = (manifest: GenerationManifest | null, pointerRevision: number): Session =>
    settings.sessionOf({
      live: {
        identity: data.log.identity,
        increments: data.increments,
        readBody: settings.readBodyBy(measuresOf),
        knowsRevision: (revision) => catalog.knows(revision),
        shards: () => data.log.shards(),
        startTurns: settings.startTurns,
        now,
        staleAfterMs: settings.staleAfterMs,
      },
      measuresOf,
      manifest,
      pointerRevision,
      catalog: () => catalog,
      generationMissing: () => generationMissing,
    });
  let session = sessionOf(null, 0);
  let next: Next<Session> | null = null;
  let started = false;
  let version = "";

  const readSchedule = async (): Promise<void> => {
    const found = await data.records.get<Schedule>(SCHEDULE);
    if (found?.revision === schedule?.revision) return;
    schedule = found;
    catalog = createCatalog(found?.value ?? null);
  };

  /** The manifest that the pointer names; null where it cannot be read: the last one stands, and answers say so. */
  const readGeneration = async (
    generation: number,
  ): Promise<{ readonly manifest: GenerationManifest } | null> => {
    const standing = session.view.manifest;
    try {
      const manifest =
        standing?.generation === generation
          ? standing
          : await readManifest(data.lake, generation, data.log.identity.id);
      generationMissing = [];
      return { manifest };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      generationMissing = [{ kind: "generation", detail }];
      return null;
    }
  };

  /** Makes the next session beside the one that stands, and what was asked of this one. */
  const prepare = (manifest: GenerationManifest, pointerRevision: number): void => {
    const mine: Next<Session> = { ready: null, failed: null, done: Promise.resolve() };
    next = mine;
    const make = async (): Promise<void> => {
      const made = sessionOf(manifest, pointerRevision);
      await advanceView(made.view);
      await made.warm(session);
      if (next === mine) mine.ready = made;
      else made.close();
    };
    mine.done = make().catch((error: unknown) => {
      mine.failed = { error };
    });
  };

  /** Everything is reckoned before it stands: an answer in between is whole, and waits for nothing. */
  const step = async (of: Session): Promise<boolean> => {
    await of.view.take();
    await of.tidy();
    const read = await of.view.read();
    const commit = await of.prepare(read);
    const broken = of.view.apply(read);
    commit();
    return broken;
  };

  const replace = async (made: Session): Promise<void> => {
    await step(made);
    const old = session;
    session = made;
    next = null;
    old.close();
  };

  const countRates = (before: ReadonlyMap<ShardId, number>, view: LiveView): void => {
    for (const tail of view.tails.values()) {
      let meter = rates.get(tail.shard);
      if (!meter) {
        meter = createRateMeter();
        rates.set(tail.shard, meter);
      }
      meter.add(now(), Math.max(0, liveCounts(tail).events - (before.get(tail.shard) ?? 0)));
    }
  };

  const advance = async (): Promise<void> => {
    const { view } = session;
    const before = new Map([...view.tails.values()].map((tail) => [tail.shard, liveCounts(tail).events]));
    const broken = await step(session);
    countRates(before, view);
    if (broken) await readPointer();
  };

  const readPointer = async (): Promise<void> => {
    const found = await data.records.get<GenerationPointer>(GENERATION_POINTER);
    const moved = found?.revision !== pointer?.revision;
    pointer = found;
    if (!found || !(moved || generationMissing.length > 0)) return;
    const read = await readGeneration(found.value.generation);
    if (read) prepare(read.manifest, found.revision);
  };

  const noteVersion = (): boolean => {
    const next = viewVersion(session.view, schedule?.revision ?? 0, generationMissing);
    const changed = next !== version;
    version = next;
    return changed;
  };

  return {
    catalog: () => catalog,
    session: () => session,
    pointer: () => pointer?.value ?? null,
    generationMissing: () => generationMissing,
    eventsPerSecond: (shard) => rates.get(shard)?.perSecond(now()) ?? 0,
    version: () => version,
    async step() {
      await readSchedule();
      await readPointer();
      if (!started) await next?.done;
      if (next?.failed) {
        const { error } = next.failed;
        // The pointer is read anew: the next step tries again.
        next = null;
        pointer = null;
        throw error;
      }
      if (next?.ready) await replace(next.ready);
      else await advance();
      started = true;
      return noteVersion();
    },
    judgeAgain() {
      session.view.judgeAgain();
      return noteVersion();
    },
  };
};
