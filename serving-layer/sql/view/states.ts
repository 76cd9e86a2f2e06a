import { type MeasureSpec, quantileLabel, subBitsFor } from "@freshet/model";

/*
 * How SQL sees the states that do not add up by themselves:
 *   countDistinct  STRUCT(lg_k UTINYINT, registers UINTEGER[]), `rank << 26 | slot` of every register that is not zero
 *   quantiles      STRUCT(sub_bits UTINYINT, bins STRUCT(bin INTEGER, n BIGINT)[]), ascending by bin
 * They say their own precision, so that one macro merges the states of any metric.
 */
const SLOT_MASK = 2 ** 26 - 1;
const SLOT_BITS = 26;
const RANK_BITS = 6;
const RANK_MASK = 2 ** RANK_BITS - 1;
/** Terms of sigma that can still move a double, for every lgK up to 21. */
const SIGMA_TERMS = 32;
const ALPHA_INFINITY = 0.5 / Math.LN2;
/** A product that is an integer but for its rounding counts as that integer. */
const ROUNDING = 2 ** -50;

/** `expression` worked out once, wherever `body` uses it: a macro's argument would be worked out at each use. */
const once = (name: string, expression: string, body: string): string =>
  `list_transform([${expression}], lambda ${name}: ${body})[1]`;

/** Of each slot the greatest rank: sorted by slot and rank, the last of each slot stands. */
const mergedRanks = (registers: string): string => {
  const packed =
    `list_sort(list_transform(${registers}, ` +
    `lambda r: ((r::UBIGINT & ${SLOT_MASK}) << ${RANK_BITS}) | (r >> ${SLOT_BITS})))`;
  const last = `z[2] IS NULL OR z[1] >> ${RANK_BITS} <> z[2] >> ${RANK_BITS}`;
  return `list_transform(list_filter(${once("packed", packed, "list_zip(packed, packed[2:])")}, lambda z: ${last}), lambda z: (z[1] & ${RANK_MASK})::INTEGER)`;
};

const SIGMA = once(
  "base",
  "x",
  `base + list_sum(list_transform(range(1, ${SIGMA_TERMS + 1}), lambda j: pow(base, pow(2.0::DOUBLE, j)) * pow(2.0::DOUBLE, j - 1)))`,
);

/** Algorithm 6 of arXiv:1702.01284, as `estimateDistinct`, from the ranks of the registers that are not zero. */
const ESTIMATE = once(
  "h",
  "{'k': pow(2.0::DOUBLE, lg_k), 'ranks': ranks}",
  `CASE WHEN coalesce(len(h.ranks), 0) = 0 THEN 0 ELSE round(${ALPHA_INFINITY} * h.k * h.k / (` +
    "list_sum(list_transform(h.ranks, lambda r: pow(2.0::DOUBLE, -r))) + h.k * distinct_sigma(1 - len(h.ranks) / h.k)))::BIGINT END",
);

/** The rank, counted from 1, of a nearest-rank quantile: as the measure's own. */
const RANK = once(
  "product",
  "p * list_sum(list_transform(bins, lambda b: b.n))",
  `greatest(1, CASE WHEN abs(product - round(product)) <= product * ${ROUNDING} THEN round(product) ELSE ceil(product) END)`,
);

/** Halves the range of bins until one is left; bins may come in any order, and twice. Most groups of a short pane have one. */
const BIN_AT = once(
  "q",
  "{'bins': bins, 'rank': quantile_rank(bins, p), 'low': list_min(list_transform(bins, lambda b: b.bin::BIGINT)) - 1, 'high': list_max(list_transform(bins, lambda b: b.bin::BIGINT))}",
  "list_reduce(list_transform(range(0, ceil(log2(q.high - q.low + 1))::BIGINT + 1), lambda step: {'low': step, 'high': step}), lambda span, step: " +
    "CASE WHEN list_sum(list_transform(q.bins, lambda b: CASE WHEN b.bin <= span.low + (span.high - span.low) // 2 THEN b.n ELSE 0 END)) >= q.rank " +
    "THEN {'low': span.low, 'high': span.low + (span.high - span.low) // 2} ELSE {'low': span.low + (span.high - span.low) // 2, 'high': span.high} END, " +
    "{'low': q.low, 'high': q.high}).high",
);

/** The integer in the middle of a bin, as `binValue`. */
const BIN_VALUE = once(
  "b",
  "{'bin': abs(bin)::BIGINT, 'bits': sub_bits, 'shift': abs(bin)::BIGINT // (1::BIGINT << sub_bits) - 1, 'sign': sign(bin)::BIGINT}",
  "b.sign * CASE WHEN b.shift <= 0 THEN b.bin ELSE ((b.bin - (b.shift << b.bits)) << b.shift) + ((1::BIGINT << b.shift) - 2) // 2 END",
);

/** Macros that an SQL question can use. Those with `merged` aggregate states over rows. */
export const STATE_MACROS: readonly string[] = [
  `CREATE MACRO distinct_sigma(x) AS ${SIGMA}`,
  `CREATE MACRO distinct_estimate(lg_k, ranks) AS ${ESTIMATE}`,
  `CREATE MACRO distinct_of(state) AS distinct_estimate(state.lg_k, list_transform(state.registers, lambda r: (r >> ${SLOT_BITS})::INTEGER))`,
  `CREATE MACRO distinct_merged(state) AS distinct_estimate(max(state.lg_k), ${mergedRanks("flatten(list(state.registers))")})`,
  `CREATE MACRO quantile_bin_value(bin, sub_bits) AS ${BIN_VALUE}`,
  `CREATE MACRO quantile_rank(bins, p) AS ${RANK}`,
  `CREATE MACRO quantile_bin_at(bins, p) AS CASE WHEN len(bins) = 1 THEN bins[1].bin::BIGINT ELSE ${BIN_AT} END`,
  "CREATE MACRO quantile_of(state, p) AS quantile_bin_value(quantile_bin_at(state.bins, p), state.sub_bits)",
  "CREATE MACRO quantile_merged(state, p) AS quantile_bin_value(quantile_bin_at(flatten(list(state.bins)), p), max(state.sub_bits))",
];

/** The type of a measure's state in SQL. */
export const stateType = ({ kind }: MeasureSpec): string => {
  switch (kind) {
    case "count":
    case "min":
    case "max":
      return "BIGINT";
    case "sum":
      return "DECIMAL(38,0)";
    case "countDistinct":
      return "STRUCT(lg_k UTINYINT, registers UINTEGER[])";
    case "quantiles":
      return "STRUCT(sub_bits UTINYINT, bins STRUCT(bin INTEGER, n BIGINT)[])";
  }
};

/** A state from a generation's column. */
export const stateOfStored = (spec: MeasureSpec, column: string): string => {
  switch (spec.kind) {
    case "count":
    case "min":
    case "max":
      return `${column}::BIGINT`;
    case "sum":
      return `coalesce(${column}, 0)::DECIMAL(38,0)`;
    case "countDistinct":
      return `{'lg_k': ${spec.lgK}::UTINYINT, 'registers': coalesce(${column}, [])::UINTEGER[]}`;
    case "quantiles":
      return `{'sub_bits': ${subBitsFor(spec.relativeError)}::UTINYINT, 'bins': coalesce(${column}, [])::STRUCT(bin INTEGER, n BIGINT)[]}`;
  }
};

/** A state from a live table, which keeps bins and their counts in lists of their own. */
export const stateOfLive = (spec: MeasureSpec, column: string, bins: string): string =>
  spec.kind === "quantiles"
    ? stateOfStored(spec, `list_transform(list_zip(${bins}, ${column}), lambda z: {'bin': z[1], 'n': z[2]})`)
    : stateOfStored(spec, column);

/** Two states of one group put together; a plain measure's `settled` is NULL where the generation has no such group. */
export const mergedState = (spec: MeasureSpec, live: string, settled: string): string => {
  switch (spec.kind) {
    case "count":
      return `(${live} + coalesce(${settled}, 0))::BIGINT`;
    case "sum":
      return `(${live} + coalesce(${settled}, 0))::DECIMAL(38,0)`;
    case "min":
      return `least(${live}, ${settled})`;
    case "max":
      return `greatest(${live}, ${settled})`;
    case "countDistinct": {
      const registers = `list_concat((${live}).registers, (${settled}).registers)`;
      return `{'lg_k': ${spec.lgK}::UTINYINT, 'ranks': ${mergedRanks(registers)}}`;
    }
    case "quantiles":
      return `{'sub_bits': ${subBitsFor(spec.relativeError)}::UTINYINT, 'bins': list_concat((${live}).bins, (${settled}).bins)}`;
  }
};

/** One column of what a state amounts to. */
export interface Presented {
  /** After the measure's name: `_p50`; empty for a measure of one value. */
  readonly suffix: string;
  readonly type: string;
  readonly expression: string;
}

/** What a state amounts to; `merged` is the form that `mergedState` gives. */
export const presentedState = (spec: MeasureSpec, state: string, merged: boolean): readonly Presented[] => {
  switch (spec.kind) {
    case "count":
    case "sum":
    case "min":
    case "max":
      return [{ suffix: "", type: stateType(spec), expression: state }];
    case "countDistinct": {
      const expression = merged
        ? `distinct_estimate(${state}.lg_k, ${state}.ranks)`
        : `distinct_of(${state})`;
      return [{ suffix: "", type: "BIGINT", expression }];
    }
    case "quantiles":
      return spec.probabilities.map((p) => ({
        suffix: `_${quantileLabel(p).replaceAll(".", "_")}`,
        type: "BIGINT",
        expression: `quantile_of(${state}, ${p})`,
      }));
  }
};
