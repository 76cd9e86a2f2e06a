import {
  GENERATION_POINTER,
  type GenerationManifest,
  type GenerationPointer,
  ownApp,
  type Schedule,
  SCHEDULE,
  type ShardId,
} from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { bodiesNeededFrom } from "./retire.js";
import { readManifest } from "./standing.js";

/** From which tick on every revision folds the definition. */
const foldedFrom = ({ revisions }: Schedule, hash: string): number => {
  const lacking = revisions.findLastIndex(({ app }) => !app.metrics.some((metric) => metric.hash === hash));
  return revisions[lacking + 1]?.fromTick ?? Number.POSITIVE_INFINITY;
};

/**
 * Definitions that the newest revision only folds on, and whose successors are whole in each of these generations: every segment
 * after every cut folds them. No question needs the older ones any more, also after a revert.
 */
export const finishedDefinitions = (
  schedule: Schedule,
  manifests: readonly GenerationManifest[],
  shards: readonly ShardId[],
): ReadonlySet<string> => {
  const app = schedule.revisions.at(-1)?.app;
  const cutFrom = bodiesNeededFrom(manifests, shards);
  if (!app?.outgoing || manifests.length === 0 || cutFrom === null) return new Set();
  // a segment of the cut's own tick may still lie after it
  const whole = new Set(
    ownApp(app)
      .metrics.filter(
        ({ hash }) =>
          manifests.every(({ metrics }) => metrics[hash]) && foldedFrom(schedule, hash) <= cutFrom,
      )
      .map(({ name }) => name),
  );
  const { outgoing } = app;
  return new Set(
    app.metrics.flatMap(({ hash, name }) => (outgoing.includes(hash) && whole.has(name) ? [hash] : [])),
  );
};

/** The same of the generations that are kept. */
export const readFinishedDefinitions = async (
  data: Pick<DataStore, "records" | "lake" | "log">,
): Promise<ReadonlySet<string>> => {
  const schedule = (await data.records.get<Schedule>(SCHEDULE))?.value;
  if (!schedule?.revisions.at(-1)?.app.outgoing) return new Set();
  const kept = (await data.records.get<GenerationPointer>(GENERATION_POINTER))?.value.kept ?? [];
  const manifests = await Promise.all(kept.map((generation) => readManifest(data, generation)));
  const shards = (await data.log.shards()).map(({ id }) => id);
  return finishedDefinitions(schedule, manifests, [...data.log.identity.roster, ...shards]);
};
