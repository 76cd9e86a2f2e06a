import { type MeasureDefinition, quantileBinSql } from "@freshet/model";
import type { Dialect } from "./dialect.js";
import type { FactTable } from "./facts.js";
import { integer, name } from "./text.js";

/*
 * A measure's column goes through three forms, so that events and stored rows are put together by one GROUP BY:
 *   exploded   rows of (group, part, value): a register or bin each; counts and the like have one part
 *   folded     one value for each part: sum, min, max
 *   stored     the column of a generation (model/measure/measure.ts)
 */
const SLOT_BITS = 26;

export const measureColumn = ({ name: measure }: MeasureDefinition): string => name(`m_${measure}`);

/** Only one value to a group, so that all such measures share one pass. */
export const isPlain = ({ spec: { kind } }: MeasureDefinition): boolean =>
  kind === "count" || kind === "sum" || kind === "min" || kind === "max";

const filtered = (aggregate: string, { where }: MeasureDefinition, facts: FactTable): string =>
  where === null ? aggregate : `${aggregate} FILTER (WHERE ${facts.column(where)})`;

const ofColumn = ({ of, name: measure }: MeasureDefinition, facts: FactTable): string => {
  if (of === null) throw new Error(`measure ${measure} measures nothing`);
  return facts.column(of);
};

/** A plain measure over events. */
export const plainOverEvents = (measure: MeasureDefinition, facts: FactTable): string => {
  switch (measure.spec.kind) {
    case "count":
      return filtered("count(*)", measure, facts);
    case "sum":
      return `coalesce(${filtered(`sum(${facts.dialect.summand(ofColumn(measure, facts))})`, measure, facts)}, 0)::${facts.dialect.wide}`;
    case "min":
    case "max":
      return filtered(`${measure.spec.kind}(${ofColumn(measure, facts)})`, measure, facts);
    case "countDistinct":
    case "quantiles":
      throw new Error(`${measure.name} is no plain measure`);
  }
};

/** A plain measure as it is stored, in the type in which it is folded. */
export const plainOverStored = (measure: MeasureDefinition, { wide }: Dialect): string =>
  measure.spec.kind === "sum" ? `${measureColumn(measure)}::${wide}` : measureColumn(measure);

/** Folds plain values of a group. */
export const foldPlain = (measure: MeasureDefinition): string => {
  const column = measureColumn(measure);
  switch (measure.spec.kind) {
    case "count":
      return `sum(${column})::BIGINT`;
    case "sum":
      return `sum(${column})::DECIMAL(38, 0)`;
    case "min":
    case "max":
      return `${measure.spec.kind}(${column})`;
    case "countDistinct":
    case "quantiles":
      throw new Error(`${measure.name} is no plain measure`);
  }
};

/** The parts of a register or bin measure, over events and as stored, and how they are folded and stored again. */
export interface ExplodedMeasure {
  /** FROM of the parts that events add. */
  readonly fromEvents: string;
  readonly partOfEvent: string;
  readonly valueOfEvent: string;
  readonly whereOfEvent: string;
  readonly partOfStored: (item: string) => string;
  readonly valueOfStored: (item: string) => string;
  readonly fold: string;
  /** From `part` and `value` of one group. */
  readonly stored: string;
}

export const exploded = (
  measure: MeasureDefinition,
  facts: FactTable,
  coupons: (column: string) => string,
): ExplodedMeasure => {
  const column = ofColumn(measure, facts);
  const wheres = [`${column} IS NOT NULL`, ...(measure.where === null ? [] : [facts.column(measure.where)])];
  switch (measure.spec.kind) {
    case "countDistinct": {
      const slots = integer(2 ** measure.spec.lgK - 1);
      return {
        fromEvents: `${facts.table} JOIN ${coupons(column)} c ON c.value = ${column}`,
        partOfEvent: `(c.coupon & ${slots})::INTEGER`,
        valueOfEvent: `(c.coupon >> ${SLOT_BITS})::INTEGER`,
        whereOfEvent: wheres.join(" AND "),
        partOfStored: (item) => `(${item} & ${slots})::INTEGER`,
        valueOfStored: (item) => `(${item} >> ${SLOT_BITS})::INTEGER`,
        fold: "max(value)",
        stored: facts.dialect.registers,
      };
    }
    case "quantiles":
      return {
        fromEvents: facts.table,
        partOfEvent: quantileBinSql(column, measure.spec),
        valueOfEvent: "1",
        whereOfEvent: wheres.join(" AND "),
        partOfStored: (item) => `${item}.bin`,
        valueOfStored: (item) => `${item}.n`,
        fold: "sum(value)::BIGINT",
        stored: facts.dialect.bins,
      };
    case "count":
    case "sum":
    case "min":
    case "max":
      throw new Error(`${measure.name} is a plain measure`);
  }
};
