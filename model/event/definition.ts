import type { Expression } from "../metric/expression.js";
import type { ObjectSchema } from "./schema.js";

/** What a field of a new version is made of: an expression over the version before, or an object of such. */
export type UpcastValue =
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, UpcastValue>> };

/** One version of an event's schema. */
export interface EventVersion {
  readonly version: number;
  /** The event's own fields: not `type`, `id` and `time`. */
  readonly schema: ObjectSchema;
  /**
   * How fields of this version come from the version before; fields that are not named are carried over.
   * Null for the first version, and where only optional fields were added.
   */
  readonly upcast: Readonly<Record<string, UpcastValue>> | null;
}

/** An event type as data; the last version is what producers send now and what metrics read. */
export interface EventDefinition {
  readonly name: string;
  readonly versions: readonly EventVersion[];
  /** A function of the event alone, text; null (also where its value is null): `id`. */
  readonly partitionKey: Expression | null;
}
