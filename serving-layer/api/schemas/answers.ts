import { REASONS } from "@freshet/model";
import Type, { type TProperties } from "typebox";

const object = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const instant = Type.String({ format: "date-time" });
const count = Type.Integer({ minimum: 0 });

export const StatusSchema = Type.Union([
  Type.Literal("settled"),
  Type.Literal("live"),
  Type.Literal("partial"),
]);
export const MissingSchema = Type.Union([
  object({ kind: Type.Literal("shard"), shard: Type.String(), detail: Type.String() }),
  object({
    kind: Type.Literal("segments"),
    shard: Type.String(),
    after: nullable(Type.String()),
    detail: Type.String(),
  }),
  object({ kind: Type.Literal("stale_tip"), shard: Type.String(), lastSeen: nullable(instant) }),
  object({ kind: Type.Literal("metric_not_folded"), shard: Type.String(), throughSequence: Type.String() }),
  object({ kind: Type.Literal("overflow"), shard: Type.String() }),
  object({
    kind: Type.Literal("gap"),
    shard: Type.String(),
    after: nullable(Type.String()),
    until: nullable(Type.String()),
  }),
  object({ kind: Type.Literal("unaudited"), shard: Type.String(), detail: Type.String() }),
  object({
    kind: Type.Literal("written_off"),
    shard: Type.String(),
    firstSequence: Type.String(),
    lastSequence: Type.String(),
    reason: Type.String(),
  }),
  object({ kind: Type.Literal("generation"), detail: Type.String() }),
]);

const KeySchema = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
);
const PresentedSchema = Type.Union([
  Type.Number(),
  Type.String(),
  Type.Null(),
  Type.Record(Type.String(), nullable(Type.Number())),
]);
const ValuesSchema = Type.Record(Type.String(), PresentedSchema);

const frame = {
  status: StatusSchema,
  covers: object({ from: instant, to: instant }),
  batchThrough: nullable(instant),
  missing: Type.Array(MissingSchema),
  errorBound: Type.Record(
    Type.String(),
    object({ kind: Type.Literal("relative"), bound: Type.Number(), confidence: Type.Number() }),
  ),
  metric: Type.String(),
};

export const TopAnswerSchema = object({
  ...frame,
  window: Type.String(),
  at: instant,
  atDefaulted: Type.Boolean(),
  by: Type.String(),
  rows: Type.Array(object({ key: KeySchema, values: ValuesSchema, score: nullable(Type.Number()) })),
});

export const SeriesAnswerSchema = object({
  ...frame,
  key: KeySchema,
  step: Type.String(),
  points: Type.Array(object({ time: instant, status: StatusSchema, values: ValuesSchema })),
});

export const ValueAnswerSchema = object({
  ...frame,
  key: KeySchema,
  values: ValuesSchema,
  score: nullable(Type.Number()),
});

export const ExpectedAnswerSchema = object({
  metric: Type.String(),
  measure: Type.String({ description: "The measure that the trend is about" }),
  key: KeySchema,
  step: Type.String(),
  missing: Type.Array(MissingSchema),
  points: Type.Array(object({ time: instant, mean: Type.Number(), low: Type.Number(), high: Type.Number() })),
});

export const MetricsAnswerSchema = object({
  metrics: Type.Array(
    object({
      name: Type.String(),
      definition: Type.String(),
      event: Type.String(),
      dimensions: Type.Array(object({ name: Type.String(), type: Type.String() })),
      measures: Type.Array(object({ name: Type.String(), kind: Type.String() })),
      pane: Type.String(),
      timeZone: Type.String(),
      trend: nullable(object({ on: Type.String(), prior: nullable(Type.String()) })),
    }),
  ),
});

const RejectedSchema = object(Object.fromEntries(REASONS.map((reason) => [reason, Type.Optional(count)])));
const countsFields = {
  records: count,
  events: count,
  accepted: count,
  duplicates: count,
  rejected: RejectedSchema,
};
const LedgerSchema = object({ ...countsFields, conflicts: count });
const CountsSchema = object(countsFields);
const segmentFields = { tick: Type.Integer(), ordinal: count };

export const StatusAnswerSchema = object({
  now: instant,
  batchThrough: nullable(instant),
  newestEvent: nullable(instant),
  missing: Type.Array(MissingSchema),
  ledger: LedgerSchema,
  settledLedger: LedgerSchema,
  shards: Type.Array(
    object({
      shard: Type.String(),
      tip: nullable(instant),
      lagMs: nullable(Type.Number()),
      arrivalClock: nullable(instant),
      lastSequence: nullable(Type.String()),
      eventsPerSecond: Type.Number(),
      cutThrough: nullable(instant),
      ended: Type.Boolean(),
    }),
  ),
  cut: Type.Record(Type.String(), object({ ...segmentFields, lastSequence: Type.String() })),
  generation: nullable(
    object({
      generation: count,
      pointerRevision: count,
      created: instant,
      parent: nullable(count),
      kept: Type.Array(count),
      metrics: Type.Array(Type.String()),
    }),
  ),
  freshnessMs: nullable(Type.Number()),
  disagreements: Type.Array(
    object({
      ...segmentFields,
      shard: Type.String(),
      firstSequence: Type.String(),
      lastSequence: Type.String(),
      speed: CountsSchema,
      batch: CountsSchema,
    }),
  ),
  writeOffs: Type.Array(
    object({
      shard: Type.String(),
      firstSequence: Type.String(),
      lastSequence: Type.String(),
      reason: Type.String(),
    }),
  ),
});
