import type {
  Static,
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
import { refuse, within } from "../definitionError.js";
import { factsOf } from "../metric/check.js";
import type { Expression } from "../metric/expression.js";
import { type EventFields, eventFields } from "../metric/fields.js";
import { type Operand, toExpression } from "../metric/operand.js";
import { nodesOf } from "../metric/walk.js";
import { checkPublicName } from "../names.js";
import type { EventDefinition, EventVersion } from "./definition.js";
import { toObjectSchema } from "./fieldSchema.js";
import type { ObjectSchema } from "./schema.js";
import { needsUpcast, toUpcast } from "./version.js";

/** An event type: its name, its fields, and all that is stored of it. */
export interface EventType<Name extends string = string, Fields extends TProperties = TProperties> {
  readonly kind: "event";
  readonly name: Name;
  /** TypeBox schemas. */
  readonly fields: Fields;
  readonly definition: EventDefinition;
  /** For the compiler alone: see EmittedEvent. */
  readonly "~emitted"?: {
    readonly type: Name;
    readonly id?: string;
    readonly time?: string | number;
  } & Static<TObject<Fields>>;
}

/** An event of this type as producers emit it; the SDK stamps what is absent of `id` and `time`. */
export type EmittedEvent<E extends EventType> = NonNullable<E["~emitted"]>;

export interface EventOptions<Fields extends TProperties, Before extends TProperties> {
  /** The version before this one; it stays readable. */
  readonly previous?: EventType<string, Before>;
  /** How fields come from the version before; those not named are carried over. Needed unless only optional fields are new. */
  readonly upcast?: (before: EventFields<Before>) => UpcastFields<Fields>;
  /** What puts events of one key in one shard; `id` by default, and where it is null. */
  readonly partitionKey?: (event: EventFields<Fields>) => Operand<"string">;
}

export type UpcastFields<Fields extends TProperties> = {
  readonly [Name in keyof Fields]?: UpcastField<Fields[Name]>;
};
type UpcastField<S extends TSchema> = S extends TString | TEnum
  ? Operand<"string">
  : S extends TInteger
    ? Operand<"integer">
    : S extends TNumber
      ? Operand<"integer"> | Operand<"number">
      : S extends TBoolean
        ? Operand<"boolean">
        : S extends TObject<infer Inner>
          ? UpcastFields<Inner>
          : S extends TArray
            ? never
            : never;

const RESERVED = ["type", "id", "time"];

/** Defines an event type. `type`, `id` and `time` belong to every event. @throws DefinitionError */
export const event = <
  const Name extends string,
  Fields extends TProperties,
  Before extends TProperties = TProperties,
>(
  name: Name,
  fields: Fields,
  options: EventOptions<Fields, Before> = {},
): EventType<Name, Fields> =>
  within(`events[${JSON.stringify(name)}]`, () => {
    checkPublicName(name, "an event type");
    const schema = within("fields", () => {
      for (const field of Object.keys(fields)) {
        if (RESERVED.includes(field) || field.startsWith("$")) {
          refuse(
            `${JSON.stringify(field)} is reserved`,
            "`type`, `id`, `time` belong to every event; names with $ to Freshet",
          );
        }
      }
      return toObjectSchema(fields);
    });
    const versions = [...(options.previous?.definition.versions ?? []), nextVersion(name, schema, options)];
    const partitionKey = options.partitionKey
      ? within("partitionKey", () =>
          partitionKeyOf(options.partitionKey?.(eventFields<Fields>(schema)), schema),
        )
      : null;
    return { kind: "event", name, fields, definition: { name, versions, partitionKey } };
  });

const nextVersion = <Fields extends TProperties, Before extends TProperties>(
  name: string,
  schema: ObjectSchema,
  { previous, upcast }: EventOptions<Fields, Before>,
): EventVersion => {
  if (!previous) {
    if (upcast) refuse("`upcast` without `previous`", "name the version before: { previous, upcast }");
    return { version: 1, schema, upcast: null };
  }
  if (previous.name !== name)
    refuse(`the version before is of ${JSON.stringify(previous.name)}`, "an event keeps its name");
  const last = previous.definition.versions.at(-1) as EventVersion;
  const version = last.version + 1;
  if (upcast) {
    const made = within("upcast", () =>
      toUpcast(upcast(eventFields<Before>(last.schema)), last.schema, schema),
    );
    return { version, schema, upcast: made };
  }
  const reason = needsUpcast(last.schema, schema);
  if (reason !== null)
    refuse(
      `${reason}: only new optional fields are safe by themselves`,
      "give an `upcast` from the version before",
    );
  return { version, schema, upcast: null };
};

const partitionKeyOf = (operand: unknown, schema: ObjectSchema): Expression => {
  const key = toExpression(operand);
  if (key.type !== "string") refuse(`expected text, got ${key.type}`, "use toText");
  for (const node of nodesOf(key)) {
    if (node.kind === "lookup") refuse("a partition key is a function of the event alone: no lookups");
  }
  factsOf(key, schema);
  return key;
};
