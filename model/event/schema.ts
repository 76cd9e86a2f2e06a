/**
 * A field's schema as plain JSON Schema, limited to what every engine reads alike; TypeBox builds and checks it.
 * Two marks of ours: `pii` fields never reach logs; a number with `scale` is a decimal, which expressions
 * read as an integer of 10^-scale. Lengths count code points.
 */
export type FieldSchema =
  | StringSchema
  | IntegerSchema
  | NumberSchema
  | BooleanSchema
  | ObjectSchema
  | ArraySchema;

export interface StringSchema {
  readonly type: "string";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly pii?: true;
}

/** Always within +-(2^53 - 1). */
export interface IntegerSchema {
  readonly type: "integer";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pii?: true;
}

export interface NumberSchema {
  readonly type: "number";
  readonly scale?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pii?: true;
}

export interface BooleanSchema {
  readonly type: "boolean";
  readonly pii?: true;
}

/** Other properties are allowed and kept. One that is not required may be absent or null. */
export interface ObjectSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required: readonly string[];
  readonly pii?: true;
}

export interface ArraySchema {
  readonly type: "array";
  readonly items: FieldSchema;
  readonly maxItems?: number;
  readonly pii?: true;
}

export const SAFE_INTEGER_MAX = Number.MAX_SAFE_INTEGER;
/** Up to 15 digits every decimal is told from its neighbours by its double, so that reading it is exact. */
export const DECIMAL_UNITS_MAX = 999_999_999_999_999;
export const DECIMAL_SCALE_MAX = 15;
