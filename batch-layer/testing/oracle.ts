import {
  compareSegmentKeys,
  compileExpression,
  createByteWriter,
  type Cut,
  encodeKey,
  type EpochMs,
  type GenerationManifest,
  type JsonObject,
  type Ledger,
  type Measure,
  type MeasureInput,
  type MetricDefinition,
  measureFor,
  paneStart,
  type Schedule,
  slotOf,
  TREND_WIDTHS_MS,
} from "@freshet/model";
import { type PlainEvent, type PlainShard, rejectedOf } from "./plainRecount.js";

/** What a generation amounts to, by plain arrays. */
export interface Expected {
  readonly ledger: Ledger;
  /** By metric name: group -> stored bytes of every measure, hex. */
  readonly groups: Readonly<Record<string, ReadonlyMap<string, string>>>;
  /** By metric name: key, width and slot -> [s, q]. */
  readonly baselines: Readonly<Record<string, ReadonlyMap<string, readonly [number, number]>>>;
  readonly standing: readonly PlainEvent[];
}

const covers = (cut: Cut, event: PlainEvent): boolean => {
  const at = cut[event.shard];
  return at !== undefined && compareSegmentKeys(event.key, at) <= 0;
};

/** Which generation an event entered in: the first of the lineage whose cut holds it. */
export const enteredIn = ({ lineage }: GenerationManifest, event: PlainEvent): number | null =>
  lineage.find(({ cut }) => covers(cut, event))?.generation ?? null;

export const byPosition = (a: PlainEvent, b: PlainEvent): number =>
  a.key.tick - b.key.tick ||
  (a.shard < b.shard ? -1 : a.shard > b.shard ? 1 : 0) ||
  (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : a.subsequence - b.subsequence);

export const statesText = (measures: readonly Measure[], states: readonly unknown[]): string => {
  const out = createByteWriter();
  measures.forEach((measure, index) => {
    measure.encode(states[index], out);
  });
  return Buffer.from(out.finish()).toString("hex");
};

/** Reads an old body as its last version: what the reader would have made of it. */
export type Upcast = (event: PlainEvent) => JsonObject;

export const expectedOf = (
  shards: readonly PlainShard[],
  manifest: GenerationManifest,
  metrics: readonly MetricDefinition[],
  upcast: Upcast,
): Expected => {
  const segments = shards.flatMap((shard) => shard.segments);
  const events = segments.flatMap((segment) => segment.events).filter((event) => covers(manifest.cut, event));
  const records = segments
    .filter(({ shard, key }) => manifest.cut[shard] && compareSegmentKeys(key, manifest.cut[shard]) <= 0)
    .reduce((sum, segment) => sum + segment.records.length, 0);
  const accepted = events
    .filter(({ reason }) => reason === null)
    .sort((a, b) => enteredIn(manifest, a)! - enteredIn(manifest, b)! || byPosition(a, b));
  const first = new Map<string, PlainEvent>();
  let conflicts = 0;
  for (const event of accepted) {
    const stands = first.get(event.identity);
    if (!stands) first.set(event.identity, event);
    else if (stands.body !== event.body) conflicts += 1;
  }
  const standing = [...first.values()];
  const ledger: Ledger = {
    records,
    events: events.length,
    accepted: standing.length,
    duplicates: accepted.length - standing.length,
    conflicts,
    rejected: rejectedOf(events),
  };
  const groups = Object.fromEntries(
    metrics.map((metric) => [metric.name, groupsOf(metric, standing, upcast)]),
  );
  const baselines = Object.fromEntries(
    metrics.flatMap((metric) => {
      const to = manifest.metrics[metric.hash]?.trend?.toExclusiveMs;
      return metric.trend && to !== undefined
        ? [[metric.name, baselineOf(metric, standing, upcast, to)]]
        : [];
    }),
  );
  return { ledger, groups, baselines, standing };
};

const NO_LOOKUP = (): null => null;

export const evaluator = (metric: MetricDefinition, upcast: Upcast) => {
  const where = metric.where ? compileExpression(metric.where) : null;
  const by = metric.by.map(({ expression }) => compileExpression(expression));
  const measures = metric.measures.map(({ where: condition, of }) => ({
    where: condition ? compileExpression(condition) : null,
    of: of ? compileExpression(of) : null,
  }));
  return (event: PlainEvent) => {
    const row = { id: event.id, timeMs: event.timeMs, event: upcast(event) };
    if (where && where(row, NO_LOOKUP) !== true) return null;
    return {
      key: encodeKey(by.map((dimension) => dimension(row, NO_LOOKUP))),
      inputs: measures.map(({ where: condition, of }): MeasureInput | undefined => {
        if (condition && condition(row, NO_LOOKUP) !== true) return undefined;
        return of ? of(row, NO_LOOKUP) : 1;
      }),
    };
  };
};

const groupsOf = (
  metric: MetricDefinition,
  standing: readonly PlainEvent[],
  upcast: Upcast,
): ReadonlyMap<string, string> => {
  const evaluate = evaluator(metric, upcast);
  const measures = metric.measures.map(({ spec }) => measureFor(spec));
  const groups = new Map<string, unknown[]>();
  for (const event of standing) {
    const found = evaluate(event);
    if (!found) continue;
    const group = `${paneStart(event.timeMs, metric.paneMs, metric.timeZone)} ${found.key}`;
    const states = groups.get(group) ?? measures.map((measure) => measure.zero());
    groups.set(
      group,
      states.map((state, index) => {
        const input = found.inputs[index];
        return input === undefined ? state : measures[index]!.add(state, input);
      }),
    );
  }
  return new Map([...groups].map(([group, states]) => [group, statesText(measures, states)]));
};

const baselineOf = (
  metric: MetricDefinition,
  standing: readonly PlainEvent[],
  upcast: Upcast,
  toExclusiveMs: EpochMs,
): ReadonlyMap<string, readonly [number, number]> => {
  const evaluate = evaluator(metric, upcast);
  const on = metric.measures.findIndex(({ name }) => name === metric.trend?.on);
  const distinct = metric.measures[on]?.spec.kind === "countDistinct";
  const windows = new Map<string, { key: string; width: number; start: number; values: Set<unknown> }>();
  for (const event of standing) {
    const found = evaluate(event);
    const input = found?.inputs[on];
    if (!found || input === undefined || input === null || (distinct && input === "")) continue;
    for (const width of TREND_WIDTHS_MS) {
      const start = Math.floor(event.timeMs / width) * width;
      const name = `${found.key} ${width} ${start}`;
      const window = windows.get(name) ?? { key: found.key, width, start, values: new Set<unknown>() };
      window.values.add(distinct ? input : event.identity);
      windows.set(name, window);
    }
  }
  const baseline = new Map<string, readonly [number, number]>();
  for (const { key, width, start, values } of windows.values()) {
    if (start + width > toExclusiveMs) continue;
    const name = `${key} ${width} ${slotOf(start as EpochMs, metric.timeZone)}`;
    const [s, q] = baseline.get(name) ?? [0, 0];
    baseline.set(name, [s + values.size, q + values.size ** 2]);
  }
  return baseline;
};

export const metricsOf = (schedule: Schedule): readonly MetricDefinition[] =>
  schedule.revisions.flatMap(({ app }) => app.metrics);
