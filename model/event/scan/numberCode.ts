import { INSTANT_MS_MAX, INSTANT_MS_MIN } from "../instant.js";
import { DECIMAL_UNITS_MAX, type IntegerSchema, type NumberSchema, SAFE_INTEGER_MAX } from "../schema.js";
import { nullCode } from "./codeTerms.js";

/** Into `v` a safe integer that is not `-0`; a fraction or an exponent fails at what must come behind it. */
const integerIntoV = (otherwise: string): string => `
  q = c === 45 ? p + 1 : p;
  v = b[q] - 48;
  if (v >>> 0 > 9) { ${otherwise} }
  if (v === 0) { if (c === 45) return -1; q++; }
  else while ((u = b[++q] - 48) >>> 0 <= 9 && q < e) v = v * 10 + u;
  if (v > ${SAFE_INTEGER_MAX}) return -1;
  if (c === 45) v = -v;
  p = q;`;

const putNumber = (column: number | null): string =>
  column === null ? "" : `K${column}[i] = 2; N${column}[i] = v;`;

const rangeCode = ({ minimum, maximum }: IntegerSchema | NumberSchema): string => {
  const tests = [
    ...(minimum === undefined ? [] : [`v >= ${minimum}`]),
    ...(maximum === undefined ? [] : [`v <= ${maximum}`]),
  ];
  return tests.length === 0 ? "" : `if (!(${tests.join(" && ")})) return -1;`;
};

/** As `isDecimal` of the plain reader. */
const scaleCode = ({ scale }: NumberSchema): string =>
  scale === undefined
    ? ""
    : `u = Math.round(v * 1e${scale});
       if (!(Math.abs(u) <= ${DECIMAL_UNITS_MAX} && u / 1e${scale} === v)) return -1;`;

export const integerCode = (
  schema: IntegerSchema,
  column: number | null,
  nullable: boolean,
): string => `value: {
  ${integerIntoV(nullCode(nullable, "p += 4; break value;"))}
  ${rangeCode(schema)} ${putNumber(column)}
}`;

export const numberCode = (schema: NumberSchema, column: number | null, nullable: boolean): string => `
  if (c === 45 || (c >= 48 && c <= 57)) {
    p = number(b, p, e); if (p < 0) return -1;
    v = numberValue[0];
    ${rangeCode(schema)} ${scaleCode(schema)} ${putNumber(column)}
  } else ${nullCode(nullable)}`;

export const TIME_CODE = `
  if (c === 34) { p = instant(b, w, p + 1, e); if (p < 0) return -1; T[i] = instantValue[0]; }
  else {
    ${integerIntoV("return -1;")}
    if (v < ${INSTANT_MS_MIN} || v > ${INSTANT_MS_MAX}) return -1;
    T[i] = v;
  }`;

/** `[late,ahead]` without white space. */
export const BOUNDS_CODE = `
  if (c !== 91) return -1;
  c = b[++p]; ${integerIntoV("return -1;")} if (v < 0 || b[p] !== 44) return -1;
  L[i] = v;
  c = b[++p]; ${integerIntoV("return -1;")} if (v < 0 || b[p] !== 93) return -1;
  A[i] = v;
  p++;`;
