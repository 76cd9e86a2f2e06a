import type { PresentedValue } from "@freshet/model";
import type { TrendDocument } from "../trend/port.js";

/** Quantiles like `p99.9`: a dot in a field's name would make it an object within `p99`. */
const DOTTED = /^(p\d+)\.(\d+)$/;
const UNDOTTED = /^(p\d+)_(\d+)$/;

/** How a quantile is called in OpenSearch. */
export const quantileField = (label: string): string => label.replace(DOTTED, "$1_$2");

const renamed = (value: PresentedValue, from: RegExp, to: string): PresentedValue =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name.replace(from, to), each]))
    : value;

type Values = TrendDocument["values"];

const valuesBy = (values: Values, from: RegExp, to: string): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, renamed(value, from, to)]));

/** As it lies in OpenSearch. */
export interface IndexedTrend extends TrendDocument {
  /** The key's values as one text, for people. */
  readonly label: string;
  readonly digest: string;
  /** When it was written. */
  readonly written: string;
}

export const indexedTrend = (document: TrendDocument, digest: string, writtenMs: number): IndexedTrend => ({
  ...document,
  values: valuesBy(document.values, DOTTED, "$1_$2"),
  label: Object.values(document.key)
    .map((value) => value ?? "—")
    .join(" · "),
  digest,
  written: new Date(writtenMs).toISOString(),
});

export const trendFrom = ({
  label: _,
  digest: __,
  written: ___,
  ...document
}: IndexedTrend): TrendDocument => ({
  ...document,
  values: valuesBy(document.values, UNDOTTED, "$1.$2"),
});
