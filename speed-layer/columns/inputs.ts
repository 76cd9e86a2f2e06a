import {
  ABSENT,
  binOf,
  couponOf,
  type FieldColumn,
  type MeasureDefinition,
  type MeasureSpec,
  NO_COUPON,
  NUMBER,
  subBitsFor,
  TEXT,
  TRUE,
} from "@freshet/model";
import type { MeasureColumn } from "./columns.js";
import { type Evaluation, evaluationOf, type Run } from "./evaluation.js";
import type { FieldReads } from "./fields.js";
import { roomFor } from "./room.js";

/** What a measure adds for the events whose `counted` is 1. */
export type Input = (run: Run, counted: Uint8Array) => MeasureColumn;

/** Turns the values of the events that are 1 in `selected` into a measure's column. */
type Convert = (bytes: Uint8Array, count: number, selected: Uint8Array, values: FieldColumn) => MeasureColumn;

/** 1 for those of the selected events for which a condition is true. */
export const createSelection = (condition: Evaluation): ((run: Run, selected: Uint8Array) => Uint8Array) => {
  let both = new Uint8Array(0);
  return (run, selected) => {
    const { count } = run.events;
    if (both.length < count) both = new Uint8Array(roomFor(count));
    const { kinds } = condition(run, selected);
    for (let index = 0; index < count; index++)
      both[index] = selected[index] === 1 && kinds[index] === TRUE ? 1 : 0;
    return both;
  };
};

const createIntegers = (): Convert => {
  let present = new Uint8Array(0);
  let integers = new Float64Array(0);
  return (_, count, selected, { kinds, numbers }) => {
    if (present.length < count) {
      present = new Uint8Array(roomFor(count));
      integers = new Float64Array(roomFor(count));
    }
    for (let index = 0; index < count; index++) {
      const is = selected[index] === 1 && kinds[index] === NUMBER;
      present[index] = is ? 1 : 0;
      // `+ 0` takes the sign off a negative zero
      if (is) integers[index] = (numbers[index] as number) + 0;
    }
    return { kind: "integers", present, values: integers };
  };
};

const createBins = (relativeError: number): Convert => {
  const subBits = subBitsFor(relativeError);
  let present = new Uint8Array(0);
  let bins = new Int32Array(0);
  return (_, count, selected, { kinds, numbers }) => {
    if (present.length < count) {
      present = new Uint8Array(roomFor(count));
      bins = new Int32Array(roomFor(count));
    }
    for (let index = 0; index < count; index++) {
      const is = selected[index] === 1 && kinds[index] === NUMBER;
      present[index] = is ? 1 : 0;
      if (is) bins[index] = binOf(numbers[index] as number, subBits);
    }
    return { kind: "bins", present, bins };
  };
};

const createCoupons = (): Convert => {
  let coupons = new Uint32Array(0);
  return (bytes, count, selected, { kinds, starts, ends, numbers }) => {
    if (coupons.length < count) coupons = new Uint32Array(roomFor(count));
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < count; index++) {
      const kind = selected[index] === 1 ? kinds[index] : ABSENT;
      coupons[index] =
        kind === ABSENT
          ? NO_COUPON
          : kind === TEXT
            ? couponOf(buffer.toString("utf8", starts[index], ends[index]))
            : couponOf(kind === NUMBER ? (numbers[index] as number) : kind === TRUE);
    }
    return { kind: "coupons", coupons };
  };
};

const converterOf = (spec: Exclude<MeasureSpec, { kind: "count" }>): Convert => {
  switch (spec.kind) {
    case "sum":
    case "min":
    case "max":
      return createIntegers();
    case "quantiles":
      return createBins(spec.relativeError);
    case "countDistinct":
      return createCoupons();
  }
};

export const inputOf = (measure: MeasureDefinition, event: string, reads: FieldReads): Input => {
  const { spec, of, where } = measure;
  const selection = where === null ? null : createSelection(evaluationOf(where, event, reads));
  const selectedOf = (run: Run, counted: Uint8Array): Uint8Array =>
    selection === null ? counted : selection(run, counted);
  if (spec.kind === "count" || of === null)
    return (run, counted) => ({ kind: "count", present: selectedOf(run, counted) });
  const evaluate = evaluationOf(of, event, reads);
  const convert = converterOf(spec);
  return (run, counted) => {
    const selected = selectedOf(run, counted);
    const values = evaluate(run, selected);
    return convert(run.slices.bytes, run.events.count, selected, values);
  };
};
