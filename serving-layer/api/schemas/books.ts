import { BATCH_ENGINES, DRIFT_CAUSES, PRECONDITIONS, REASONS, RUN_OUTCOMES } from "@freshet/model";
import Type, { type Static } from "typebox";
import { StatusAnswerSchema } from "./answers.js";

const strict = { additionalProperties: false };
const instant = Type.String({ format: "date-time" });
const count = Type.Integer({ minimum: 0 });
const exact = Type.Union([Type.Integer(), Type.String({ pattern: "^-?\\d+$" })], {
  description: "An exact integer, as text past 2^53",
});
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));

export const DriftQuery = Type.Object(
  {
    from: time("Panes that begin at or after: ISO 8601 or epoch ms; a day before `to` by default."),
    to: time("Exclusive; after the newest settled event by default."),
  },
  strict,
);
export type DriftQuery = Static<typeof DriftQuery>;

const causesOf = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Object(Object.fromEntries(DRIFT_CAUSES.map((cause) => [cause, Type.Optional(schema)])), {
    ...strict,
    description: "Only causes that are not zero",
  });

const StatesSchema = {
  compared: Type.Integer({ minimum: 0, description: "Groups that were compared" }),
  differing: Type.Integer({ minimum: 0, description: "Of them, those whose state differs" }),
  causes: causesOf(count),
};

const comparison = {
  groups: Type.Object(StatesSchema, strict),
  measures: Type.Array(
    Type.Union([
      Type.Object(
        {
          kind: Type.Literal("amount"),
          measure: Type.String(),
          live: exact,
          settled: exact,
          drift: exact,
          causes: causesOf(exact),
        },
        { ...strict, description: "count and sum: live = settled + drift, drift = the sum of the causes" },
      ),
      Type.Object(
        { kind: Type.Literal("states"), measure: Type.String(), ...StatesSchema },
        { ...strict, description: "Other measures do not add up over groups: their states are compared" },
      ),
    ]),
  ),
  late: Type.Integer({ minimum: 0, description: "Events of panes that were settled before they came" }),
  unknown: Type.Integer({
    minimum: 0,
    description: "Events whose increment was gone when it was to be compared",
  }),
};

export const DriftAnswerSchema = Type.Object(
  {
    metric: Type.String(),
    definition: Type.String(),
    covers: Type.Object({ from: instant, to: instant }, strict),
    generation: Type.Union([count, Type.Null()]),
    since: Type.Union([count, Type.Null()], {
      description: "The first generation that compared; null where none did yet",
    }),
    share: Type.Number({
      minimum: 0,
      maximum: 1,
      description: "The least share of groups compared in a run",
    }),
    unread: Type.Array(Type.Object({ generation: count, segments: count, detail: Type.String() }, strict)),
    total: Type.Object(comparison, strict),
    panes: Type.Array(Type.Object({ time: instant, ...comparison }, strict), {
      description: "Panes of which anything was compared",
    }),
  },
  strict,
);

export const LedgerQuery = Type.Object(
  {
    from: time("Arrived at or after, as whole hours: ISO 8601 or epoch ms; a day before `to` by default."),
    to: time("Exclusive; the end of the present hour by default."),
    step: Type.Optional(
      Type.String({ maxLength: 20, description: "Whole hours, such as `1h` (the default) or `1d`." }),
    ),
  },
  strict,
);
export type LedgerQuery = Static<typeof LedgerQuery>;

const rejected = Type.Object(
  Object.fromEntries(REASONS.map((reason) => [reason, Type.Optional(count)])),
  strict,
);
const counts = {
  records: count,
  events: count,
  accepted: count,
  duplicates: count,
  rejected,
  balances: Type.Boolean({ description: "events = accepted + duplicates + sum(rejected)" }),
};

export const LedgerAnswerSchema = Type.Object(
  {
    covers: Type.Object({ from: instant, to: instant }, strict),
    step: Type.String(),
    generation: nullable(count),
    since: nullable(count),
    hours: Type.Array(
      Type.Object(
        {
          time: instant,
          live: Type.Object(counts, strict),
          settled: Type.Object({ ...counts, conflicts: count }, strict),
          pending: Type.Integer({
            description: "Events that batch has yet to count; less than 0: live lost some",
          }),
        },
        strict,
      ),
    ),
  },
  strict,
);

const { ledger, cut } = StatusAnswerSchema.properties;

export const GenerationsAnswerSchema = Type.Object(
  {
    standing: nullable(count),
    generations: Type.Array(
      Type.Object(
        {
          generation: count,
          stands: Type.Boolean(),
          created: instant,
          parent: nullable(count),
          code: Type.String(),
          ledger,
          cut,
          ended: Type.Record(Type.String(), Type.Array(Type.String())),
          metrics: Type.Array(Type.String()),
          disagreements: count,
          writeOffs: count,
        },
        strict,
      ),
      { description: "That are kept, those that stood last first" },
    ),
  },
  strict,
);

const oneOf = (values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));

export const RunsAnswerSchema = Type.Object(
  {
    runs: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          engine: oneOf(BATCH_ENGINES),
          rebuild: Type.Boolean(),
          schedule: Type.Union([
            Type.Object({ kind: Type.Literal("command") }, strict),
            Type.Object({ kind: Type.Literal("every"), everyMs: count }, strict),
          ]),
          started: instant,
          expires: instant,
          timeoutMs: Type.Integer({ minimum: 0, description: "Past it, it was interrupted" }),
          preconditions: Type.Array(
            Type.Object(
              {
                name: oneOf(PRECONDITIONS),
                required: Type.Boolean({ description: "It was to publish nothing without it" }),
                holds: Type.Boolean(),
                detail: Type.String(),
              },
              strict,
            ),
            { description: "As the last attempt found them" },
          ),
          log: Type.Array(
            Type.Object({ atMs: count, level: oneOf(["info", "warn"]), text: Type.String() }, strict),
            { description: "Its beginning" },
          ),
          cost: Type.Union(
            [
              Type.Object(
                {
                  kind: Type.Literal("usd"),
                  usd: Type.Number({ minimum: 0 }),
                  because: Type.String(),
                },
                strict,
              ),
              Type.Object(
                { kind: Type.Literal("machine_seconds"), seconds: Type.Number({ minimum: 0 }) },
                strict,
              ),
            ],
            { description: "Dollars where its machine has a price, else seconds of one machine" },
          ),
          attempts: Type.Array(
            Type.Object(
              {
                started: instant,
                elapsedMs: count,
                error: nullable(Type.String()),
                steps: Type.Array(Type.Object({ step: Type.String(), atMs: count }, strict)),
              },
              strict,
            ),
          ),
          outcome: oneOf(RUN_OUTCOMES),
          generation: nullable(count),
          ledger: nullable(ledger),
          records: Type.Integer({ description: "Records that it added to its parent's" }),
          elapsedMs: count,
        },
        strict,
      ),
    ),
  },
  strict,
);
