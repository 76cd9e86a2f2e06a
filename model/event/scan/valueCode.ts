import {
  DECIMAL_UNITS_MAX,
  type IntegerSchema,
  type NumberSchema,
  SAFE_INTEGER_MAX,
  type StringSchema,
} from "../schema.js";
import { INSTANT_MS_MAX, INSTANT_MS_MIN } from "../instant.js";
import { EVENT_ID_BYTES_MAX } from "../reader.js";
import { utf8Of } from "./bytes.js";
import type { ValuePlan } from "./plan.js";

/*
 * JavaScript that reads one value. Bound are `b` and `w`, the bytes and a view of them, `p`, the value's first byte, `e`, the
 * event's end, and `i`, its index; `c`, `q`, `v` and `u` are free to use. It leaves `p` behind the value, or returns -1.
 */

export interface CodeContext {
  readonly typeName: string;
  readonly version: number;
  /** The index in `enums` of the table of these texts. */
  enumIndex(texts: readonly string[]): number;
}

const LITTLE_ENDIAN: readonly number[] = [0, 8, 16, 24];

/** A condition: the bytes at `p` are these. They are compared a word at a time, the last one overlapping. */
export const isAt = (literal: Uint8Array, at = "p"): string => {
  const { length } = literal;
  if (length < 4) {
    const tests = [...literal].map(
      (byte, index) => `b[${at}${index === 0 ? "" : ` + ${index}`}] === ${byte}`,
    );
    return tests.join(" && ");
  }
  const offsets = Array.from({ length: length >> 2 }, (_, word) => word * 4);
  if (length % 4 !== 0) offsets.push(length - 4);
  const tests = offsets.map((offset) => {
    const word = LITTLE_ENDIAN.reduce(
      (all, shift, index) => all | ((literal[offset + index] as number) << shift),
      0,
    );
    return `w.getInt32(${at}${offset === 0 ? "" : ` + ${offset}`}, true) === ${word}`;
  });
  // past 16 bytes the slack behind the last event would not do
  return `${length > 16 ? `${at} + ${length} <= e && ` : ""}${tests.join(" && ")}`;
};

const NULL = utf8Of("null");
const TRUE = utf8Of("true");
const FALSE = utf8Of("false");

const orNull = (nullable: boolean): string =>
  nullable ? `else if (${isAt(NULL)}) p += 4; else return -1;` : "else return -1;";

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
      return `if (c === 34) { p = instant(b, w, p + 1, e); if (p < 0) return -1; T[i] = instantValue[0]; }
        else { ${integerCode("return -1;")}
          if (v < ${INSTANT_MS_MIN} || v > ${INSTANT_MS_MAX}) return -1; T[i] = v; }`;
    case "version": {
      const literal = utf8Of(String(context.version));
      return `if (${isAt(literal)}) p += ${literal.length}; else return -1;`;
    }
    case "bounds":
      return `if (c !== 91) return -1;
        c = b[++p]; ${integerCode("return -1;")} if (v < 0 || b[p] !== 44) return -1; L[i] = v;
        c = b[++p]; ${integerCode("return -1;")} if (v < 0 || b[p] !== 93) return -1; A[i] = v;
        p++;`;
    case "object":
    case "array": {
      const [open, { index, depth }] = value.kind === "object" ? [123, value.object] : [91, value.array];
      return depth < 0
        ? `if (c === ${open}) return -1; ${orNull(nullable)}`
        : `if (c === ${open}) { p = read${index}(b, w, p + 1, e, i); if (p < 0) return -1; } ${orNull(nullable)}`;
    }
    case "field": {
      const { schema, column } = value;
      switch (schema.type) {
        case "boolean": {
          const put = (kind: number): string => (column === null ? "" : `K${column}[i] = ${kind};`);
          return `if (${isAt(TRUE)}) { p += 4; ${put(4)} } else if (${isAt(FALSE)}) { p += 5; ${put(3)} } ${orNull(nullable)}`;
        }
        case "integer":
          return `value: {
            ${integerCode(nullable ? `if (${isAt(NULL)}) { p += 4; break value; } return -1;` : "return -1;")}
            ${rangeCode(schema)} ${putNumber(column)} }`;
        case "number":
          return `if (c === 45 || (c >= 48 && c <= 57)) {
            p = number(b, p, e); if (p < 0) return -1; v = numberValue[0];
            ${rangeCode(schema)} ${scaleCode(schema)} ${putNumber(column)}
            } ${orNull(nullable)}`;
        case "string":
          return `if (c === 34) { ${textCode(schema, column, context)} } ${orNull(nullable)}`;
      }
    }
  }
};

const putNumber = (column: number | null): string =>
  column === null ? "" : `K${column}[i] = 2; N${column}[i] = v;`;

/** A safe integer, and no `-0`; a fraction or an exponent fails at what must come behind it. */
const integerCode = (otherwise: string): string => `
  q = c === 45 ? p + 1 : p;
  v = b[q] - 48;
  if (v >>> 0 > 9) { ${otherwise} }
  if (v === 0) { if (c === 45) return -1; q++; }
  else while ((u = b[++q] - 48) >>> 0 <= 9) v = v * 10 + u;
  if (v > ${SAFE_INTEGER_MAX}) return -1;
  if (c === 45) v = -v;
  p = q;`;

const rangeCode = ({ minimum, maximum }: IntegerSchema | NumberSchema): string => {
  const tests = [
    ...(minimum === undefined ? [] : [`v >= ${minimum}`]),
    ...(maximum === undefined ? [] : [`v <= ${maximum}`]),
  ];
  return tests.length === 0 ? "" : `if (!(${tests.join(" && ")})) return -1;`;
};

const scaleCode = ({ scale }: NumberSchema): string =>
  scale === undefined
    ? ""
    : `u = Math.round(v * 1e${scale});
       if (!(Math.abs(u) <= ${DECIMAL_UNITS_MAX} && u / 1e${scale} === v)) return -1;`;

const textCode = (schema: StringSchema, column: number | null, context: CodeContext): string => {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const isBounded = minLength > 0 || maxLength < Number.POSITIVE_INFINITY;
  const plain = [
    // a code point has one to four bytes
    isBounded
      ? `u = q - p - 1;
         if (u > ${maxLength} || u < ${4 * minLength - 3}) {
           u = codePoints(b, p + 1, q); if (u < ${minLength} || u > ${maxLength}) return -1;
         }`
      : "",
    schema.enum ? `if (enums[${context.enumIndex(schema.enum)}].find(b, p + 1, q) < 0) return -1;` : "",
    column === null ? "" : `K${column}[i] = 1; S${column}[i] = p + 1; E${column}[i] = q;`,
  ].join(" ");
  const escaped = [
    schema.enum ? "return -1;" : "",
    isBounded || column !== null ? "const s = unescaped(b, p, q + 1);" : "",
    isBounded ? `v = codePointCount(s); if (v < ${minLength} || v > ${maxLength}) return -1;` : "",
    column === null
      ? ""
      : `u = append(s); if (u < 0) return -1;
         K${column}[i] = 1; S${column}[i] = u; E${column}[i] = appendedThrough();`,
  ].join(" ");
  return `q = text(b, w, p + 1, e);
    if (q >= 0) { ${plain} }
    else { if (q === -1) return -1; q = -2 - q; ${escaped} }
    p = q + 1;`;
};
