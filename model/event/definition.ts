import type { Expression } from "../metric/expression.js";
import type { FieldSchema } from "./schema.js";

/** One version of an event's schema. */
export interface EventVersion {
  readonly version: number;
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** How each field of this version comes from the version before; null for the first, or when only optional fields were added. */
  readonly upcast: Readonly<Record<string, Expression>> | null;
}

/** An event type as data; the last version is what producers send now and what metrics read. */
export interface EventDefinition {
  readonly name: string;
  readonly versions: readonly EventVersion[];
  /** A function of the event alone; null: `id`. */
  readonly partitionKey: Expression | null;
}
