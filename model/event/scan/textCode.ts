import { codePointCount } from "../../metric/runtime.js";
import type { StringSchema } from "../schema.js";
import { utf8Of } from "./bytes.js";
import { type CodeContext, isAt, nullCode } from "./codeTerms.js";

/** So many texts of an enum are compared one after the other, with their quotes. */
const FEW = 12;
const NEEDS_ESCAPE = /["\\\p{Cc}\p{Surrogate}]/u;

export const textFieldCode = (
  schema: StringSchema,
  column: number | null,
  nullable: boolean,
  context: CodeContext,
): string => {
  const { enum: texts } = schema;
  const isFew = texts !== undefined && texts.length <= FEW && !texts.some((text) => NEEDS_ESCAPE.test(text));
  return isFew
    ? `if (c !== 34) { ${nullCode(nullable)} } ${texts.map((text) => oneOfCode(text, schema, column)).join("")} else return -1;`
    : `if (c === 34) { ${anyTextCode(schema, column, context)} } else ${nullCode(nullable)}`;
};

const oneOfCode = (
  text: string,
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY }: StringSchema,
  column: number | null,
): string => {
  const length = codePointCount(text);
  if (length < minLength || length > maxLength) return "";
  const literal = utf8Of(JSON.stringify(text));
  return ` else if (${isAt(literal)}) { ${putText(column, "p + 1", `p + ${literal.length - 1}`)} p += ${literal.length}; }`;
};

const putText = (column: number | null, start: string, end: string): string =>
  column === null ? "" : `K${column}[i] = 1; S${column}[i] = ${start}; E${column}[i] = ${end};`;

const anyTextCode = (schema: StringSchema, column: number | null, context: CodeContext): string => {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const isBounded = minLength > 0 || maxLength < Number.POSITIVE_INFINITY;
  const outside = `u < ${minLength} || u > ${maxLength}`;
  // a code point has one to four bytes: most texts need not be counted
  const lengthCode = `u = q - p - 1;
    if (u > ${maxLength} || u < ${4 * minLength - 3}) { u = codePoints(b, p + 1, q); if (${outside}) return -1; }`;
  const plain = [
    isBounded ? lengthCode : "",
    schema.enum ? `if (enums[${context.enumIndex(schema.enum)}].find(b, w, p + 1, q) < 0) return -1;` : "",
    putText(column, "p + 1", "q"),
  ];
  const escaped = [
    schema.enum ? "return -1;" : "",
    isBounded || column !== null ? "const s = unescaped(b, p, q + 1);" : "",
    isBounded ? `u = codePointCount(s); if (${outside}) return -1;` : "",
    column === null
      ? ""
      : `u = append(s); if (u < 0) return -1; ${putText(column, "u", "appendedThrough()")}`,
  ];
  return `q = text(b, w, p + 1, e);
    if (q >= 0) { ${plain.join(" ")} }
    else { if (q === -1) return -1; q = -2 - q; ${escaped.join(" ")} }
    p = q + 1;`;
};
