import type { ExpectedQuery, SeriesQuery, TopQuery, ValueQuery } from "./answers.js";

/** A key or a filter by dimension, as answers give it; null is the group without a value. */
export type Key = Readonly<Record<string, string | number | boolean | null>>;

/** ISO 8601 with a zone, epoch milliseconds, or a date. */
export type Instant = string | number | Date;

type Pairs = "key" | "where";
type Instants = "at" | "from" | "to";

/** A query of the API, with keys and instants as values instead of texts. */
type Question<Query> = {
  readonly [Name in keyof Query]?:
    | (Name extends Pairs ? Key : Name extends Instants ? Instant : Query[Name])
    | undefined;
};

export type TopQuestion = Question<TopQuery>;
export type SeriesQuestion = Question<SeriesQuery>;
export type ValueQuestion = Question<ValueQuery>;
export type ExpectedQuestion = Question<ExpectedQuery>;

const pairText = ([name, value]: readonly [string, Key[string]]): string =>
  value === null ? name : `${name}=${value}`;

/** A question as it is sent: what is undefined is not asked. */
export type Values = Readonly<Record<string, Key | Instant | undefined>>;

const textsOf = (value: Values[string]): readonly string[] => {
  if (value === undefined) return [];
  if (value instanceof Date) return [value.toISOString()];
  return typeof value === "object" ? Object.entries(value).map(pairText) : [String(value)];
};

/** As the API reads it. */
export const queryText = (question: Values): string => {
  const pairs = Object.entries(question).flatMap(([name, value]) =>
    textsOf(value).map((text): [string, string] => [name, text]),
  );
  return new URLSearchParams(pairs).toString();
};
