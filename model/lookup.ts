import type { TString } from "typebox";
import type { LookupDefinition } from "./app.js";
import { refuse, within } from "./definitionError.js";
import { toFieldSchema } from "./event/fieldSchema.js";
import type { Expr } from "./metric/expression.js";
import { node, type Operand, toExpression } from "./metric/operand.js";
import { checkPublicName } from "./names.js";

/** A table made by batch, from text to text. */
export interface LookupType {
  readonly kind: "lookup";
  readonly definition: LookupDefinition;
  /** The value for a key, in the version that holds for the event's tick; null for none. */
  of(key: Operand<"string">): Expr<"string">;
}

/** @throws DefinitionError */
export const lookup = (
  name: string,
  columns: { readonly key: TString; readonly value: TString },
): LookupType =>
  within(`lookups[${JSON.stringify(name)}]`, () => {
    checkPublicName(name, "a lookup");
    for (const column of ["key", "value"] as const) {
      within(column, () => {
        const { type } = toFieldSchema(columns[column]);
        if (type !== "string") refuse(`a lookup goes from text to text, got ${type}`);
      });
    }
    return {
      kind: "lookup",
      definition: { name },
      of: (key) =>
        within(`${name}.of`, () => {
          const expression = toExpression(key);
          if (expression.type !== "string")
            refuse(`a lookup's key is text, got ${expression.type}`, "use toText");
          return node({ kind: "lookup", type: "string", lookup: name, key: expression });
        }),
    };
  });
