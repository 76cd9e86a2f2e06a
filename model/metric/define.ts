import type { TProperties } from "typebox";
import { member, refuse, within } from "../definitionError.js";
import type { EventType } from "../event/define.js";
import type { ObjectSchema } from "../event/schema.js";
import { checkColumnNames, checkPublicName } from "../names.js";
import { suggestion } from "../nearest.js";
import { paneProblem } from "../time/pane.js";
import { isTimeZone } from "../time/timeZone.js";
import { factsOf } from "./check.js";
import type { Dimension, MeasureDefinition, MetricDefinition, TrendDefinition } from "./definition.js";
import { type Duration, durationOf } from "./duration.js";
import { toDuckDb } from "./duckDb.js";
import type { Expression } from "./expression.js";
import { type EventFields, eventFields } from "./fields.js";
import { metricHash } from "./hash.js";
import { type Measured, toMeasure } from "./measures.js";
import { type AnyOperand, type Operand, toCondition, toExpression } from "./operand.js";

/** A metric, and the event type that it is about. */
export interface MetricType<Name extends string = string> {
  readonly kind: "metric";
  readonly name: Name;
  readonly event: EventType;
  readonly definition: MetricDefinition;
}

type Dimensions = Readonly<Record<string, AnyOperand>>;
type Measures = Readonly<Record<string, Measured>>;

export interface MetricOptions<Fields extends TProperties, D extends Dimensions, M extends Measures> {
  /** The key: `{}` for one group of all. */
  readonly by: (event: EventFields<Fields>) => D;
  /** Only events for which this is true. */
  readonly where?: (event: EventFields<Fields>) => Operand<"boolean">;
  readonly measures: (event: EventFields<Fields>) => M;
  /** The smallest bucket of event time; `"1m"` by default. */
  readonly pane?: Duration;
  /** IANA, for panes of a day and hours of the week; `"UTC"` by default. */
  readonly timeZone?: string;
  /** Groups in one segment; what comes after goes to one group `other` until batch has counted it. */
  readonly groupsMax?: number;
  /** Scores how unusual a count or distinct count is; `prior` is a dimension whose keys are alike. */
  readonly trend?: { readonly on: NoInfer<keyof M & string>; readonly prior?: NoInfer<keyof D & string> };
}

const GROUPS_DEFAULT = 200_000;
const GROUPS_MAX = 10_000_000;
const DIMENSIONS_MAX = 16;
const MEASURES_MAX = 64;
/** Some functions repeat their arguments in SQL, so that a small tree can make a long text. */
const SQL_CHARACTERS_MAX = 65_536;

/** Defines a metric: the functions run once and build expressions. @throws DefinitionError */
export const metric = <
  const Name extends string,
  Fields extends TProperties,
  D extends Dimensions,
  M extends Measures,
>(
  name: Name,
  event: EventType<string, Fields>,
  options: MetricOptions<Fields, D, M>,
): MetricType<Name> =>
  within(`metrics[${JSON.stringify(name)}]`, () => {
    checkPublicName(name, "a metric");
    const version = event.definition.versions.at(-1);
    if (!version) return refuse("the event has no version");
    const { schema } = version;
    const fields = eventFields<Fields>(schema);
    const where = options.where ? within("where", () => whereOf(options.where?.(fields), schema)) : null;
    const by = within("by", () => dimensionsOf(options.by(fields), schema));
    const measures = within("measures", () => measuresOf(options.measures(fields), schema));
    const { timeZone = "UTC", groupsMax = GROUPS_DEFAULT } = options;
    const paneMs = within("pane", () => durationOf(options.pane ?? "1m"));
    within(
      "timeZone",
      () =>
        isTimeZone(timeZone) ||
        refuse(
          `no such time zone: ${JSON.stringify(timeZone)}`,
          'write an IANA name, such as "Europe/Berlin"',
        ),
    );
    within("pane", () => {
      const problem = paneProblem(paneMs, timeZone);
      if (problem !== null) refuse(problem);
    });
    if (!Number.isInteger(groupsMax) || groupsMax < 1 || groupsMax > GROUPS_MAX) {
      within("groupsMax", () =>
        refuse(`expected an integer from 1 to ${GROUPS_MAX}, got ${String(groupsMax)}`),
      );
    }
    const trend = options.trend
      ? within("trend", () => trendOf(options.trend as TrendOption, measures, by))
      : null;
    const data = { name, event: event.name, where, by, measures, paneMs, timeZone, groupsMax };
    const definition = { ...data, hash: metricHash(data, event.definition), trend };
    return { kind: "metric", name, event: event as unknown as EventType, definition };
  });

const checkBounds = (expression: Expression, schema: ObjectSchema): void => {
  factsOf(expression, schema);
  const sql = toDuckDb(expression, { lookup: (_, key) => key });
  if (sql.length > SQL_CHARACTERS_MAX) {
    refuse(`the expression makes more than ${SQL_CHARACTERS_MAX} characters of SQL`, "split it");
  }
};

const whereOf = (operand: unknown, schema: ObjectSchema): Expression => {
  const condition = toCondition(operand);
  checkBounds(condition, schema);
  return condition;
};

const entriesOf = (object: unknown, what: string): readonly [string, unknown][] =>
  typeof object === "object" && object !== null && !Array.isArray(object)
    ? Object.entries(object)
    : refuse(`expected an object of ${what}, got ${JSON.stringify(object) ?? "nothing"}`);

const dimensionsOf = (by: unknown, schema: ObjectSchema): readonly Dimension[] => {
  const entries = entriesOf(by, "dimensions");
  if (entries.length > DIMENSIONS_MAX) refuse(`at most ${DIMENSIONS_MAX} dimensions, got ${entries.length}`);
  checkColumnNames(
    entries.map(([name]) => name),
    "a dimension",
  );
  return entries.map(([name, operand]) =>
    within(member("", name), () => {
      const expression = toExpression(operand);
      checkBounds(expression, schema);
      if (expression.type === "number")
        refuse(
          "a float cannot be a key: equal numbers have several texts",
          "use t.integer(), t.decimal(scale) or text",
        );
      return { name, type: expression.type, expression };
    }),
  );
};

const measuresOf = (measures: unknown, schema: ObjectSchema): readonly MeasureDefinition[] => {
  const entries = entriesOf(measures, "measures");
  if (entries.length === 0 || entries.length > MEASURES_MAX)
    refuse(`1 to ${MEASURES_MAX} measures, got ${entries.length}`);
  checkColumnNames(
    entries.map(([name]) => name),
    "a measure",
  );
  return entries.map(([name, value]) =>
    within(member("", name), () => {
      if (name === "score") refuse("the trend score has this name", "give the measure another one");
      if (typeof value !== "object" || value === null || !("spec" in value)) {
        return refuse(
          "expected a measure",
          "use count(), countDistinct(...), sum(...), min(...), max(...) or quantiles(...)",
        );
      }
      const { spec, of, where } = toMeasure(value as Measured);
      if (of !== null) checkBounds(of, schema);
      if (where !== null) within("where", () => checkBounds(where, schema));
      return { name, spec, of, where };
    }),
  );
};

interface TrendOption {
  readonly on: string;
  readonly prior?: string;
}

const trendOf = (
  { on, prior }: TrendOption,
  measures: readonly MeasureDefinition[],
  by: readonly Dimension[],
): TrendDefinition => {
  const counted = measures
    .filter(({ spec }) => spec.kind === "count" || spec.kind === "countDistinct")
    .map(({ name }) => name);
  if (!counted.includes(on))
    within("on", () =>
      refuse(`${JSON.stringify(on)} is no count or countDistinct of this metric`, suggestion(on, counted)),
    );
  const dimensions = by.map(({ name }) => name);
  if (prior !== undefined && !dimensions.includes(prior)) {
    within("prior", () =>
      refuse(`${JSON.stringify(prior)} is no dimension of this metric`, suggestion(prior, dimensions)),
    );
  }
  return { on, prior: prior ?? null };
};
