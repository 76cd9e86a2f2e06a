import type { PresentedValue, SeriesAnswer } from "@freshet/model";
import { numberOf } from "../../text/format.js";
import type { Loaded } from "../loaded.js";

export type Column = readonly (number | null)[];

/** Between two columns, such as what is normal. */
export interface Band {
  readonly low: Column;
  readonly high: Column;
}

/** What one key draws in one chart. All columns stand at the chart's times. */
export interface Track {
  readonly name: string;
  /** Its number among the keys, from 0: it names its colour. */
  readonly index: number;
  readonly settled: Column;
  /** What is not settled, and the points beside it, so that the lines meet. */
  readonly live: Column;
  /** Further quantiles, outer ones last. */
  readonly others: readonly Column[];
  readonly compared: Column | null;
  /** How far the estimate may be from the truth. */
  readonly error: Band | null;
  readonly normal: Band | null;
}

export interface Tracks {
  /** Epoch seconds. */
  readonly times: readonly number[];
  readonly tracks: readonly Track[];
  readonly most: number;
  readonly least: number;
}

export const quantileNames = (value: PresentedValue | undefined): readonly string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

/** A value as one number: of quantiles, the one that is named, or the first. */
export const numberAt = (value: PresentedValue | undefined, quantile: string | null): number | null => {
  if (typeof value !== "object" || value === null) return numberOf(value);
  return (quantile === null ? undefined : value[quantile]) ?? numberOf(value);
};

const columnOf = (series: SeriesAnswer, measure: string, quantile: string | null): Column =>
  series.points.map(({ values }) => numberAt(values[measure], quantile));

const sides = ({ points }: SeriesAnswer, values: Column): Pick<Track, "settled" | "live"> => {
  const isSettled = (index: number): boolean => (points[index]?.status ?? "settled") === "settled";
  return {
    settled: values.map((value, index) => (isSettled(index) ? value : null)),
    live: values.map((value, index) =>
      isSettled(index - 1) && isSettled(index) && isSettled(index + 1) ? null : value,
    ),
  };
};

const scaled = (values: Column, factor: number): Column =>
  values.map((value) => (value === null ? null : value * factor));

const trackOf = (
  name: string,
  index: number,
  loaded: Loaded & { readonly series: SeriesAnswer },
  measure: string,
  quantile: string | null,
  alone: boolean,
): Track => {
  const { series, compared, expected } = loaded;
  const values = columnOf(series, measure, quantile);
  const bound = series.errorBound[measure]?.bound ?? null;
  const names = quantileNames(series.points.at(-1)?.values[measure]);
  const others = alone ? names.filter((one) => one !== (quantile ?? names[0])) : [];
  const normal = alone && expected?.measure === measure && expected.points.length === series.points.length;
  return {
    name,
    index,
    ...sides(series, values),
    others: others.map((one) => columnOf(series, measure, one)),
    compared: compared && columnOf(compared, measure, quantile),
    error: bound === null ? null : { low: scaled(values, 1 - bound), high: scaled(values, 1 + bound) },
    normal: normal
      ? { low: expected.points.map(({ low }) => low), high: expected.points.map(({ high }) => high) }
      : null,
  };
};

/** The keys' series of one measure. Keys that are not answered yet draw nothing. */
export const tracksOf = (
  names: readonly string[],
  loaded: ReadonlyMap<string, Loaded>,
  measure: string,
  quantile: string | null,
): Tracks => {
  const longest = names
    .flatMap((name) => loaded.get(name)?.series ?? [])
    .reduce<SeriesAnswer | null>((a, b) => (a && a.points.length >= b.points.length ? a : b), null);
  const tracks = names.flatMap((name, index) => {
    const of = loaded.get(name);
    if (!of?.series) return [];
    const { series } = of;
    return [trackOf(name, index, { ...of, series }, measure, quantile, names.length === 1)];
  });
  let most = 0;
  let least = 0;
  for (const { settled, live, others, compared, error, normal } of tracks) {
    for (const column of [settled, live, ...others, compared ?? [], error?.high ?? [], normal?.high ?? []]) {
      for (const value of column) {
        if (value === null) continue;
        if (value > most) most = value;
        if (value < least) least = value;
      }
    }
  }
  return {
    times: longest?.points.map(({ time }) => Date.parse(time) / 1_000) ?? [],
    tracks,
    most,
    least,
  };
};
