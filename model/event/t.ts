import Type, {
  type Static,
  type TArray,
  type TBoolean,
  type TEnum,
  type TInteger,
  type TNumber,
  type TObject,
  type TProperties,
  type TSchema,
  type TString,
} from "typebox";

// type aliases, not interfaces: TypeBox's options have an index signature
type FieldOptions = {
  readonly description?: string;
  /** Never reaches logs. */
  readonly pii?: true;
};
type RangeOptions = FieldOptions & {
  readonly minimum?: number;
  readonly maximum?: number;
};

export interface TDecimal extends TNumber {
  readonly scale: number;
}

/** Schemas of event fields: TypeBox types, limited to what every engine reads alike. */
export const t = {
  /** Lengths count code points. */
  string: (
    options: FieldOptions & { readonly minLength?: number; readonly maxLength?: number } = {},
  ): TString => Type.String(options),
  /** Within +-(2^53 - 1). Bounds let arithmetic on it be proven safe. */
  integer: (options: RangeOptions = {}): TInteger => Type.Integer(options),
  /**
   * A JSON number with at most `scale` decimals and 15 digits, such as a price. Expressions read it as an
   * integer of 10^-scale: 2.55 at scale 2 is 255. Bounds are in the number's own unit.
   */
  decimal: (scale: number, options: RangeOptions = {}): TDecimal =>
    Type.Number({ ...options, scale }) as TDecimal,
  /** A double: it may be compared, never summed or used as a key. */
  number: (options: RangeOptions = {}): TNumber => Type.Number(options),
  boolean: (options: FieldOptions = {}): TBoolean => Type.Boolean(options),
  /** One of these texts. */
  enum: <const Values extends readonly [string, ...string[]]>(
    values: Values,
    options: FieldOptions = {},
  ): TEnum<[...Values]> => Type.Enum([...values], { ...options, type: "string" }) as TEnum<[...Values]>,
  object: <Properties extends TProperties>(
    properties: Properties,
    options: FieldOptions = {},
  ): TObject<Properties> => Type.Object(properties, options),
  /** Kept and checked; metrics cannot read into it. */
  array: <Items extends TSchema>(
    items: Items,
    options: FieldOptions & { readonly maxItems?: number } = {},
  ): TArray<Items> => Type.Array(items, options),
  /** May be absent or null. */
  optional: <Field extends TSchema>(field: Field): Type.TOptional<Field> =>
    Type.Optional(field) as Type.TOptional<Field>,
};

export type { Static, TArray, TBoolean, TEnum, TInteger, TNumber, TObject, TProperties, TSchema, TString };
