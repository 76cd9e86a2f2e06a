import type { MeasureSpec } from "../measure.js";
import { subBitsFor } from "./bins.js";

/**
 * The bin of an integer as DuckDB SQL, null for null: the same integer arithmetic as `binOf`. Equal for every safe integer.
 * `valueSql` appears several times; the engine computes it once.
 */
export const quantileBinSql = (
  valueSql: string,
  spec: Extract<MeasureSpec, { kind: "quantiles" }>,
): string => {
  const subBits = subBitsFor(spec.relativeError);
  const perPower = 2 ** subBits;
  const value = `CAST(${valueSql} AS BIGINT)`;
  const magnitude = `abs(${value})`;
  const shift = `(length(bin(${magnitude})) - ${subBits + 1})`;
  const mirrored = `${shift} * ${perPower} + (${magnitude} >> ${shift})`;
  return (
    `CASE WHEN ${magnitude} < ${2 * perPower} THEN ${value} ` +
    `ELSE sign(${value}) * (${mirrored}) END::INTEGER`
  );
};
