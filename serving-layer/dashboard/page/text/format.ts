import type { KeyValues, PresentedValue } from "@freshet/model";

const whole = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const secondClock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayClock = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const daySecondClock = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export const wholeNumber = (value: number): string => whole.format(value);
export const shortNumber = (value: number): string =>
  Math.abs(value) < 100_000 ? whole.format(value) : short.format(value);
const isToday = (at: Date, nowMs: number): boolean => at.toDateString() === new Date(nowMs).toDateString();
/** With the day, unless it is today's. */
export const momentText = (iso: string, nowMs: number): string => {
  const at = new Date(iso);
  return (isToday(at, nowMs) ? clock : dayClock).format(at);
};
/** From and to, each with its day unless both are of today. */
export const rangeText = (fromMs: number, toMs: number, nowMs: number): string => {
  const ends = [new Date(fromMs), new Date(toMs)];
  const shown = ends.every((at) => isToday(at, nowMs)) ? clock : dayClock;
  return ends.map((at) => shown.format(at)).join(" – ");
};
/** `momentText` to the second. */
export const secondText = (iso: string, nowMs: number): string => {
  const at = new Date(iso);
  return (isToday(at, nowMs) ? secondClock : daySecondClock).format(at);
};

/** One number of a value, for a chart or a column: of quantiles, the first. */
export const numberOf = (value: PresentedValue | undefined): number | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return Object.values(value)[0] ?? null;
  return Number(value);
};

/** A value in a narrow place: of quantiles the first, with its name. */
export const figureOf = (name: string, value: PresentedValue | undefined): { text: string; name: string } => {
  const number = numberOf(value);
  const first = typeof value === "object" && value !== null ? ` ${Object.keys(value)[0] ?? ""}` : "";
  return { text: number === null ? "–" : shortNumber(number), name: `${name}${first}` };
};

export const valueText = (value: PresentedValue | undefined): string => {
  if (value === null || value === undefined) return "–";
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([name, of]) => `${name} ${of === null ? "–" : shortNumber(of)}`)
      .join(" · ");
  }
  return shortNumber(Number(value));
};

export const dimensionText = (value: KeyValues[string] | undefined): string =>
  value === null || value === undefined ? "none" : value === "" ? "(empty)" : String(value);

/** A key as one line, for names that are read out. */
export const keyText = (key: KeyValues): string => {
  const parts = Object.values(key).map(dimensionText);
  return parts.length === 0 ? "all" : parts.join(" · ");
};
