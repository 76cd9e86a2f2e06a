import {
  canonicalJson,
  type EpochMs,
  type MetricDefinition,
  type TopAnswer,
  type ValueAnswer,
} from "@freshet/model";
import {
  type RefusedWrite,
  type TrendDocument,
  type TrendDocuments,
  type TrendPlace,
  trendVersion,
} from "@freshet/storage";
import { QuestionError } from "../reader/questionError.js";
import type { Reader } from "../reader/reader.js";
import { AUDIT_EVERY_MS, createAgenda, type Due, placeName } from "./agenda.js";
import { difference, type Holding, holdingAfter, holdingOf } from "./difference.js";
import { documentsOf } from "./documents.js";
import type { FlushNumbers } from "./flushNumbers.js";
import { placesOfPanes } from "./places.js";
import type { ProjectionSettings } from "./settings.js";

/** Of the windows that may still change, so many are looked at in one step beside the newest. */
const OLDER_PER_STEP = 4;
/** Of a step, for those: the newest come first, and soon again. */
const OLDER_MS_MAX = 200;
/** Of a metric: the newest of those that late events touch. */
const LATE_PANES_MAX = 500;

/** What a step did. */
export interface StepReport {
  /** The time of the newest event; null before any. */
  readonly newestMs: EpochMs | null;
  readonly written: number;
  readonly removed: number;
  readonly superseded: number;
  readonly refused: readonly RefusedWrite[];
  /** Places that have not been looked at since the view last changed. */
  readonly waiting: number;
  /** Of a store that did not take what it was given; the next step tries again. */
  readonly failures: readonly unknown[];
}

/** Makes trend documents of the merged view, step by step. One at a time writes to a store, by a lease. */
export interface Projector {
  step(): Promise<StepReport>;
}

export interface ProjectorOptions {
  readonly reader: Pick<Reader, "definitions" | "moment" | "status" | "top" | "value" | "version">;
  readonly stores: readonly TrendDocuments[];
  readonly settings: ProjectionSettings;
  readonly flushes: FlushNumbers;
  readonly now: () => number;
}

/** What is known of a place in one store. */
interface Held {
  readonly holding: Holding;
  readonly pointerRevision: number;
  readonly auditedMs: number;
}

interface Outcome {
  readonly written: number;
  readonly removed: number;
  readonly superseded: number;
  readonly refused: readonly RefusedWrite[];
}

export const createProjector = ({ reader, stores, settings, flushes, now }: ProjectorOptions): Projector => {
  const agenda = createAgenda(settings, now);
  const holdings = stores.map(() => new Map<string, Held>());
  const prepared = stores.map(() => new Set<string>());

  const watchedIn = (place: TrendPlace): Promise<readonly ValueAnswer[]> =>
    Promise.all(
      settings.watch
        .filter(({ metric }) => metric === place.metric)
        .map(({ key }) => reader.value(place.metric, { key, window: place.window, at: String(place.toMs) })),
    );
  const wantedIn = async (
    place: TrendPlace,
    definition: string,
  ): Promise<{ readonly wanted: readonly TrendDocument[]; readonly isOpen: boolean }> => {
    const question = { window: place.window, at: String(place.toMs), limit: settings.top };
    const top: TopAnswer = await reader.top(place.metric, question);
    const wanted = documentsOf(top, await watchedIn(place), definition);
    return { wanted, isOpen: top.status !== "settled" };
  };

  const prepare = async (at: number, definition: MetricDefinition): Promise<void> => {
    const name = canonicalJson([definition.name, definition.hash]);
    if (prepared[at]?.has(name)) return;
    await stores[at]?.prepare([definition]);
    prepared[at]?.add(name);
  };
  const writeTo = async (
    store: TrendDocuments,
    held: Map<string, Held>,
    place: TrendPlace,
    wanted: readonly TrendDocument[],
    { pointerRevision, flush }: { readonly pointerRevision: number; readonly flush: number },
  ): Promise<Outcome> => {
    const name = placeName(place);
    const known = held.get(name);
    const audit = known === undefined || now() - known.auditedMs > AUDIT_EVERY_MS;
    const holding = audit ? holdingOf(await store.list(place)) : known.holding;
    // A predecessor that is late may still write, above what it found there; over another generation also above what we wrote.
    const all = known?.pointerRevision !== pointerRevision;
    const version = trendVersion(pointerRevision, flush);
    const writes = difference(wanted, holding, version, all);
    // Until all of it is known to have arrived, nothing is known.
    held.delete(name);
    const report = writes.length === 0 ? null : await store.write(writes);
    held.set(name, {
      holding: holdingAfter(wanted),
      pointerRevision,
      auditedMs: audit ? now() : known.auditedMs,
    });
    const removed = writes.filter(({ kind }) => kind === "remove").length;
    return {
      written: writes.length - removed,
      removed,
      superseded: report?.superseded ?? 0,
      refused: report?.refused ?? [],
    };
  };

  /** Windows of long ago that events which came late changed, and batch has not settled yet. */
  const latePlaces = (
    definitions: readonly MetricDefinition[],
    newestMs: EpochMs,
  ): Promise<readonly TrendPlace[]> =>
    reader.moment(async (moment) =>
      definitions.flatMap((definition) => {
        const late = [...moment.metric(definition.name).touched()]
          .filter((paneMs) => paneMs < newestMs - settings.reopenMs)
          .sort((a, b) => b - a)
          .slice(0, LATE_PANES_MAX);
        return placesOfPanes(definition, settings, late);
      }),
    );

  return {
    async step() {
      // Before anything is asked: what answers say is of this generation or a later one.
      const version = reader.version();
      const { generation, newestEvent } = reader.status();
      const pointerRevision = generation?.pointerRevision ?? 0;
      const definitions = reader.definitions();
      const named = new Map(definitions.map((definition) => [definition.name, definition]));
      const newestMs = newestEvent === null ? null : (Date.parse(newestEvent) as EpochMs);
      const { newest, older }: Due =
        newestMs === null
          ? { newest: [], older: [] }
          : agenda.due({
              definitions,
              newestMs,
              version,
              late: await latePlaces(definitions, newestMs),
            });
      for (const held of holdings) for (const name of held.keys()) if (!agenda.has(name)) held.delete(name);
      const outcomes: Outcome[] = [];
      const failures: unknown[] = [];
      const startedMs = now();
      let looked = 0;
      for (const place of [...newest, ...older.slice(0, OLDER_PER_STEP)]) {
        if (looked > newest.length && now() - startedMs > OLDER_MS_MAX) break;
        looked += 1;
        const definition = named.get(place.metric) as MetricDefinition;
        let asked: Awaited<ReturnType<typeof wantedIn>>;
        try {
          asked = await wantedIn(place, definition.hash);
        } catch (error) {
          // The app changed between its definitions and this question.
          if (!(error instanceof QuestionError)) throw error;
          failures.push(error);
          continue;
        }
        const { wanted, isOpen } = asked;
        const flush = await flushes.next();
        const written = await Promise.allSettled(
          stores.map(async (store, at) => {
            await prepare(at, definition);
            return writeTo(store, holdings[at] as Map<string, Held>, place, wanted, {
              pointerRevision,
              flush,
            });
          }),
        );
        for (const one of written) {
          if (one.status === "fulfilled") outcomes.push(one.value);
          else failures.push(one.reason);
        }
        if (written.every(({ status }) => status === "fulfilled")) agenda.done(place, version, isOpen);
      }
      const sum = (of: (outcome: Outcome) => number): number =>
        outcomes.reduce((total, outcome) => total + of(outcome), 0);
      return {
        newestMs,
        written: sum(({ written }) => written),
        removed: sum(({ removed }) => removed),
        superseded: sum(({ superseded }) => superseded),
        refused: outcomes.flatMap(({ refused }) => refused),
        waiting: newest.length + older.length - looked + failures.length,
        failures,
      };
    },
  };
};
