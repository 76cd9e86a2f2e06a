import {
  createByteWriter,
  DRIFT_CAUSES,
  type DriftCause,
  type EpochMs,
  type GenerationManifest,
  type Measure,
  type MetricDefinition,
  nextPane,
  OTHER_KEY,
  type Schedule,
  type ShardId,
} from "@freshet/model";
import { leastCutTick } from "../run/count.js";
import { foldPlainly, liveIncrement, measuresOf, type TwinGroups } from "./liveTwin.js";
import { byPosition, enteredIn } from "./oracle.js";
import type { PlainEvent, PlainShard } from "./plainRecount.js";
import { acceptedOf, inherited } from "./speedTwin.js";

/** A row of the drift files, as text. */
export type DriftText = string;

export interface DriftOracleInput {
  readonly shards: readonly PlainShard[];
  readonly parentsOf: (shard: ShardId) => readonly ShardId[];
  readonly schedule: Schedule;
  readonly horizonTicks: number;
  readonly segmentMs: number;
  /** Every generation of the lineage, by number. */
  readonly manifests: ReadonlyMap<number, GenerationManifest>;
  readonly manifest: GenerationManifest;
}

type Causes = Partial<Record<DriftCause, bigint>>;

export const driftText = (row: {
  readonly generation: number;
  readonly definition: string;
  readonly pane: number;
  readonly measure: string | null;
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly causes: Causes;
}): DriftText => {
  const causes = DRIFT_CAUSES.map((cause) => `${cause}=${row.causes[cause] ?? 0n}`).join(" ");
  const numbers = Object.entries(row.numbers).map(([name, value]) => `${name}=${String(value)}`);
  return `${row.generation} ${row.definition} ${row.pane} ${row.measure ?? "-"} ${numbers.join(" ")} ${causes}`;
};

const bytes = (measure: Measure, state: unknown): string => {
  const out = createByteWriter();
  measure.encode(state, out);
  return Buffer.from(out.finish()).toString("hex");
};

/** The rows that live counts, by its own rule. */
const countedByLive = ({ shards, parentsOf, horizonTicks }: DriftOracleInput): ReadonlySet<PlainEvent> => {
  const seen = new Map<ShardId, Map<string, number>>();
  const counted = new Set<PlainEvent>();
  for (const { shard, segments } of shards) {
    seen.set(shard, inherited(parentsOf(shard), seen));
    for (const { events } of segments)
      for (const event of acceptedOf(events, seen.get(shard)!, horizonTicks)) counted.add(event);
  }
  return counted;
};

/** The rows that stand, and for every other one the row that stands in its place. */
const standingOf = (input: DriftOracleInput): ReadonlyMap<PlainEvent, PlainEvent> => {
  const entered = new Map<PlainEvent, number>();
  for (const { events } of input.shards.flatMap(({ segments }) => segments))
    for (const event of events) {
      const generation = enteredIn(input.manifest, event);
      if (generation !== null && event.reason === null) entered.set(event, generation);
    }
  const first = new Map<string, PlainEvent>();
  const stands = new Map<PlainEvent, PlainEvent>();
  for (const event of [...entered.keys()].sort(
    (a, b) => entered.get(a)! - entered.get(b)! || byPosition(a, b),
  )) {
    if (!first.has(event.identity)) first.set(event.identity, event);
    stands.set(event, first.get(event.identity)!);
  }
  return stands;
};

/** What the drift files of a lineage must say, reckoned from plain arrays. */
export const expectedDrift = (input: DriftOracleInput): readonly DriftText[] => {
  const live = countedByLive(input);
  const stands = standingOf(input);
  const ancestorsOf = (shard: ShardId): ReadonlySet<ShardId> =>
    new Set([shard, ...input.parentsOf(shard).flatMap((parent) => [...ancestorsOf(parent)])]);
  const causeOf = (event: PlainEvent): DriftCause => {
    const first = stands.get(event)!;
    if (first.body !== event.body) return "conflict";
    return ancestorsOf(event.shard).has(first.shard) ? "far_duplicate" : "cross_shard_duplicate";
  };
  return input.manifest.lineage.flatMap(({ generation }) => {
    const made = input.manifests.get(generation)!;
    const parent = made.parent === null ? null : input.manifests.get(made.parent)!;
    const leastTick = parent && leastCutTick(parent.cut, parent.ended);
    const settledBeforeMs = leastTick === null ? Number.NEGATIVE_INFINITY : leastTick * input.segmentMs;
    const metrics = input.schedule.revisions
      .flatMap(({ app }) => app.metrics)
      .filter(({ hash }) => made.metrics[hash]);
    return metrics.flatMap((metric) =>
      metricDrift(metric, { ...input, generation, live, stands, causeOf, settledBeforeMs }),
    );
  });
};

const metricDrift = (
  metric: MetricDefinition,
  run: DriftOracleInput & {
    readonly generation: number;
    readonly live: ReadonlySet<PlainEvent>;
    readonly stands: ReadonlyMap<PlainEvent, PlainEvent>;
    readonly causeOf: (event: PlainEvent) => DriftCause;
    readonly settledBeforeMs: number;
  },
): readonly DriftText[] => {
  const measures = measuresOf(metric);
  const folds = new Set(
    run.schedule.revisions.flatMap(({ revision, app }) =>
      app.metrics.some(({ hash }) => hash === metric.hash) ? [revision] : [],
    ),
  );
  const segments = run.shards
    .flatMap((shard) => shard.segments)
    .filter(({ revision }) => folds.has(revision))
    .map(({ events }) =>
      events.filter((event) => event.reason === null && enteredIn(run.manifest, event) === run.generation),
    );
  const ofLive: TwinGroups = new Map();
  const overflowed = new Set<number>();
  for (const events of segments) {
    for (const { paneMs, key, states } of liveIncrement(
      metric,
      events.filter((event) => run.live.has(event)),
    ).groups) {
      if (key === OTHER_KEY) overflowed.add(paneMs);
      const name = `${paneMs} ${key}`;
      const before = ofLive.get(name) ?? { paneMs, key, states: measures.map((measure) => measure.zero()) };
      before.states = before.states.map((state, index) => measures[index]!.merge(state, states[index]));
      ofLive.set(name, before);
    }
  }
  const entering = segments.flat();
  const standing = entering.filter((event) => run.stands.get(event) === event);
  const beyond = entering.filter((event) => run.live.has(event) && run.stands.get(event) !== event);
  const groupsOf = (events: readonly PlainEvent[]): TwinGroups => {
    const groups: TwinGroups = new Map();
    foldPlainly(metric, events, groups);
    return groups;
  };
  const ofBatch = groupsOf(standing);
  const reckoned = groupsOf([...standing, ...beyond]);
  const byCause = new Map(
    DRIFT_CAUSES.map((cause) => [cause, groupsOf(beyond.filter((event) => run.causeOf(event) === cause))]),
  );
  const late = (pane: EpochMs): number => {
    if (nextPane(pane, metric.paneMs, metric.timeZone) > run.settledBeforeMs) return 0;
    return standing.filter((event) => [...groupsOf([event]).values()].some(({ paneMs }) => paneMs === pane))
      .length;
  };
  const panes = new Set([...ofLive, ...reckoned].map(([, { paneMs }]) => paneMs));
  const total = (groups: TwinGroups, pane: number, index: number): bigint =>
    [...groups.values()].reduce(
      (sum, { paneMs, states }) => (paneMs === pane ? sum + BigInt(states[index] as number | bigint) : sum),
      0n,
    );
  const zero = measures.map((measure) => measure.zero());
  return [...panes].flatMap((pane) => {
    const rest = { generation: run.generation, definition: metric.hash, pane };
    const names = new Set(
      [...ofLive, ...reckoned].flatMap(([name, { paneMs, key }]) =>
        paneMs === pane && key !== OTHER_KEY ? [name] : [],
      ),
    );
    const compare = (differs: (a: string, b: TwinGroups) => boolean) => {
      const causes: Causes = {};
      let differing = 0;
      for (const name of names) {
        if (!differs(name, ofBatch)) continue;
        differing += 1;
        const add = (cause: DriftCause): void => {
          causes[cause] = (causes[cause] ?? 0n) + 1n;
        };
        for (const [cause, groups] of byCause) if (groups.has(name)) add(cause);
        if (differs(name, reckoned)) add(overflowed.has(pane) ? "overflow" : "defect");
      }
      return { numbers: { compared: names.size, differing }, causes };
    };
    const unlike = (index: number) => (name: string, groups: TwinGroups) =>
      bytes(measures[index]!, (ofLive.get(name)?.states ?? zero)[index]) !==
      bytes(measures[index]!, (groups.get(name)?.states ?? zero)[index]);
    const whole = compare(
      (name, groups) =>
        ofLive.has(name) !== groups.has(name) || measures.some((_, index) => unlike(index)(name, groups)),
    );
    return [
      driftText({
        ...rest,
        measure: null,
        numbers: { ...whole.numbers, late: late(pane), unknown: 0 },
        causes: whole.causes,
      }),
      ...metric.measures.map(({ name, spec: { kind } }, index) => {
        if (kind !== "count" && kind !== "sum")
          return driftText({ ...rest, measure: name, ...compare(unlike(index)) });
        const causes: Causes = {};
        for (const [cause, groups] of byCause) causes[cause] = total(groups, pane, index);
        const numbers = { live: total(ofLive, pane, index), settled: total(ofBatch, pane, index) };
        return driftText({ ...rest, measure: name, numbers, causes });
      }),
    ];
  });
};
