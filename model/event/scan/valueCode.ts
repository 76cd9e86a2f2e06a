import { EVENT_ID_BYTES_MAX } from "../reader.js";
import { utf8Of } from "./bytes.js";
import { type CodeContext, isAt, nullCode } from "./codeTerms.js";
import { BOUNDS_CODE, integerCode, numberCode, TIME_CODE } from "./numberCode.js";
import type { ArrayPlan, ObjectPlan, ValuePlan } from "./plan.js";
import { textFieldCode } from "./textCode.js";

const IS_TRUE = isAt(utf8Of("true"));
const IS_FALSE = isAt(utf8Of("false"));

/**
 * JavaScript that reads one value. Bound are `b` and `w`, the bytes and a view of them, `p`, where the value or white space
 * before it starts, `e`, the event's end, and `i`, its row; `c`, `q`, `u` and `v` are free to use. It leaves `p` behind the
 * value, or returns what `ReadRow` returns of an event that it cannot read.
 */
export const valueCode = (value: ValuePlan, nullable: boolean, context: CodeContext): string =>
  `c = b[p]; if (c <= 32) { p = space(b, p, e); c = b[p]; }\n${codeOf(value, nullable, context)}`;

const codeOf = (value: ValuePlan, nullable: boolean, context: CodeContext): string => {
  switch (value.kind) {
    case "type": {
      const literal = utf8Of(JSON.stringify(context.typeName));
      return `if (${isAt(literal)}) p += ${literal.length}; else return otherType(b, w, p, e);`;
    }
    case "id":
      return `if (c !== 34) return -1;
        q = text(b, w, p + 1, e);
        if (q <= p + 1 || q - p > ${EVENT_ID_BYTES_MAX + 1}) return -1;
        IS[i] = p + 1; IE[i] = q; p = q + 1;`;
    case "time":
      return TIME_CODE;
    case "version": {
      const literal = utf8Of(String(context.version));
      return `if (${isAt(literal)}) p += ${literal.length}; else return -1;`;
    }
    case "bounds":
      return value.depth > 0 ? BOUNDS_CODE : "return -1;";
    case "object":
      return `${containerCode(123, value.object)} ${nullCode(nullable)}`;
    case "array":
      return `${containerCode(91, value.array)} ${nullCode(nullable)}`;
    case "any":
      return `if (c === 34) {
          q = text(b, w, p + 1, e);
          if (q < 0) { if (q === -1) return -1; q = -2 - q; }
          p = q + 1;
        } else { p = value(b, w, p, e, ${value.depth}); if (p < 0) return -1; }`;
    case "field": {
      const { schema, column } = value;
      switch (schema.type) {
        case "boolean":
          return booleanCode(column, nullable);
        case "integer":
          return integerCode(schema, column, nullable);
        case "number":
          return numberCode(schema, column, nullable);
        case "string":
          return textFieldCode(schema, column, nullable, context);
      }
    }
  }
};

const containerCode = (open: number, { index, depth }: ObjectPlan | ArrayPlan): string =>
  depth < 0
    ? `if (c === ${open}) return -1; else`
    : `if (c === ${open}) { p = read${index}(b, w, p + 1, e, i); if (p < 0) return -1; } else`;

const booleanCode = (column: number | null, nullable: boolean): string => {
  const put = (kind: number): string => (column === null ? "" : `K${column}[i] = ${kind};`);
  return `if (${IS_TRUE}) { p += 4; ${put(4)} } else if (${IS_FALSE}) { p += 5; ${put(3)} } else ${nullCode(nullable)}`;
};
