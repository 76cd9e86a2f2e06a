import {
  ABSENT,
  binOf,
  couponOfBytes,
  couponOfInteger,
  type FieldColumn,
  type MeasureDefinition,
  type MeasureSpec,
  NO_COUPON,
  NUMBER,
  type Selection,
  subBitsFor,
  TEXT,
  TRUE,
} from "@freshet/model";
import type { MeasureColumn } from "./columns.js";
import { evaluationOf, type Run } from "./evaluation.js";
import type { FieldReads } from "./fields.js";
import { roomFor } from "./room.js";
import { createFilter, type FlaggedSelection } from "./selection.js";

/** What a measure adds for the events that its metric counts. */
export type Input = (run: Run, counted: FlaggedSelection) => MeasureColumn;

/** Turns the selected values into a measure's column; the others of `events` add nothing. */
type Convert = (
  bytes: Uint8Array,
  events: number,
  selection: Selection,
  values: FieldColumn,
) => MeasureColumn;

const createIntegers = (): Convert => {
  let present = new Uint8Array(0);
  let integers = new Float64Array(0);
  return (_, events, { rows, count }, { kinds, numbers }) => {
    if (present.length < events) {
      present = new Uint8Array(roomFor(events));
      integers = new Float64Array(roomFor(events));
    }
    present.fill(0, 0, events);
    for (let at = 0; at < count; at++) {
      const index = rows[at] as number;
      present[index] = kinds[index] === NUMBER ? 1 : 0;
      // `+ 0` takes the sign off a negative zero
      integers[index] = (numbers[index] as number) + 0;
    }
    return { kind: "integers", present, values: integers };
  };
};

const createBins = (relativeError: number): Convert => {
  const subBits = subBitsFor(relativeError);
  let present = new Uint8Array(0);
  let bins = new Int32Array(0);
  return (_, events, { rows, count }, { kinds, numbers }) => {
    if (present.length < events) {
      present = new Uint8Array(roomFor(events));
      bins = new Int32Array(roomFor(events));
    }
    present.fill(0, 0, events);
    for (let at = 0; at < count; at++) {
      const index = rows[at] as number;
      if (kinds[index] !== NUMBER) continue;
      present[index] = 1;
      bins[index] = binOf(numbers[index] as number, subBits);
    }
    return { kind: "bins", present, bins };
  };
};

const createCoupons = (): Convert => {
  let coupons = new Uint32Array(0);
  return (bytes, events, { rows, count }, { kinds, starts, ends, numbers }) => {
    if (coupons.length < events) coupons = new Uint32Array(roomFor(events));
    coupons.fill(NO_COUPON, 0, events);
    for (let at = 0; at < count; at++) {
      const index = rows[at] as number;
      const kind = kinds[index];
      if (kind === TEXT)
        coupons[index] = couponOfBytes(bytes, starts[index] as number, ends[index] as number);
      else if (kind !== ABSENT)
        coupons[index] = couponOfInteger(
          kind === NUMBER ? (numbers[index] as number) : kind === TRUE ? 1 : 0,
        );
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
  const filter = where === null ? null : createFilter(evaluationOf(where, event, reads));
  const selected = (run: Run, counted: FlaggedSelection): FlaggedSelection =>
    filter === null ? counted : filter(run, counted);
  if (spec.kind === "count" || of === null)
    return (run, counted) => ({ kind: "count", present: selected(run, counted).flags });
  const evaluate = evaluationOf(of, event, reads);
  const convert = converterOf(spec);
  return (run, counted) => {
    const selection = selected(run, counted);
    const values = evaluate(run, selection);
    return convert(run.slices.bytes, run.events.count, selection, values);
  };
};
