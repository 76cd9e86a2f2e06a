import type {
  TArray,
  TBoolean,
  TEnum,
  TInteger,
  TNumber,
  TObject,
  TProperties,
  TSchema,
  TString,
} from "typebox";
import { refuse } from "../definitionError.js";
import type { TDecimal } from "../event/t.js";
import type { FieldSchema, ObjectSchema } from "../event/schema.js";
import { suggestion } from "../nearest.js";
import type { Expr, Expression, ValueType } from "./expression.js";
import { markContainer, node } from "./operand.js";

/** An array within an event: kept and checked, but no expression reads it. */
export interface ArrayField {
  readonly array: unique symbol;
}

type FieldOf<S extends TSchema> = S extends TDecimal
  ? Expr<"integer">
  : S extends TString | TEnum
    ? Expr<"string">
    : S extends TInteger
      ? Expr<"integer">
      : S extends TNumber
        ? Expr<"number">
        : S extends TBoolean
          ? Expr<"boolean">
          : S extends TObject<infer Properties>
            ? FieldsOf<Properties>
            : S extends TArray
              ? ArrayField
              : never;

export type FieldsOf<Properties extends TProperties> = {
  readonly [Name in keyof Properties]: FieldOf<Properties[Name]>;
};

/** What the functions of a metric see of an event. */
export type EventFields<Properties extends TProperties> = FieldsOf<Properties> & {
  readonly id: Expr<"string">;
  readonly time: Expr<"instant">;
};

const ENVELOPE: Readonly<Record<string, Expression>> = {
  id: { kind: "field", type: "string", path: ["id"] },
  time: { kind: "field", type: "instant", path: ["time"] },
};

/** The typed proxy of an event: reading a field makes an expression. */
export const eventFields = <Properties extends TProperties>(schema: ObjectSchema): EventFields<Properties> =>
  objectFields(schema, []) as EventFields<Properties>;

const objectFields = (schema: ObjectSchema, path: readonly string[]): object => {
  const what = path.length === 0 ? "the event" : `${path.join(".")}, an object,`;
  return markContainer(
    new Proxy(
      {},
      {
        get: (_, name) => {
          if (typeof name === "symbol") return undefined;
          const envelope = path.length === 0 && Object.hasOwn(ENVELOPE, name) ? ENVELOPE[name] : undefined;
          if (envelope) return node({ ...envelope });
          if (!Object.hasOwn(schema.properties, name)) {
            const known = Object.keys(schema.properties);
            return refuse(
              `${path.length === 0 ? "the event" : path.join(".")} has no field ${JSON.stringify(name)}`,
              suggestion(name, known),
            );
          }
          return fieldExpression(schema.properties[name] as FieldSchema, [...path, name]);
        },
      },
    ),
    what,
  );
};

const fieldExpression = (schema: FieldSchema, path: readonly string[]): object => {
  if (schema.type === "object") return objectFields(schema, path);
  if (schema.type === "array") return markContainer({}, `${path.join(".")}, an array,`);
  return schema.type === "number" && schema.scale !== undefined
    ? node({ kind: "field", type: "integer", path, scale: schema.scale })
    : node({ kind: "field", type: schema.type satisfies ValueType, path });
};
