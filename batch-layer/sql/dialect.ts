import type { Expression } from "@freshet/model";

/** One branch of a union: which columns it gives. */
export interface Branch {
  readonly columns: readonly string[];
  readonly sql: string;
}

/** What the engines write otherwise. All other text of a batch run is the same for both. */
export interface Dialect {
  /** A text as a literal. */
  text(value: string): string;
  /** The type of texts. */
  readonly varchar: string;
  /** What sums are made in: a type of more than 64 bits. */
  readonly wide: string;
  /** A BIGINT that is to be summed, as it must be so that no sum overflows. */
  summand(value: string): string;
  /** UNION ALL of branches that lack some of the columns: NULL there. */
  unionByName(branches: readonly Branch[], columns: readonly string[]): string;
  /** Any value of a group that is not NULL. */
  anyValue(column: string): string;
  readonly emptyList: string;
  /** A row for each item of a list. */
  unnest(list: string): string;
  /** The registers of a group, from `part` and `value`, as coupons sorted by slot. */
  readonly registers: string;
  /** The bins of a group, from `part` and `value`, sorted. */
  readonly bins: string;
  /** 128 bits of type, id and time. Type and time hold no NUL, so that no two triples give the same. */
  readonly identity: string;
  /** An identity as an index of either engine stores it. */
  storedIdentity(column: string): string;
  /** 64 bits of the column `body`. */
  readonly bodyHash: string;
  /** A metric's expression over a body: see `facts.ts`. */
  readonly expressions: ExpressionSql;
}

export interface ExpressionSql {
  expression(expression: Expression, lookup: (name: string, key: string) => string): string;
  /** The rows `s` that a condition chooses, with what the expressions read of their bodies. */
  rows(from: string, where: string, expressions: readonly Expression[]): string;
}
