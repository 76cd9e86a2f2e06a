import type { KeyValues, PresentedValue } from "@freshet/model";

const whole = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
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

export const wholeNumber = (value: number): string => whole.format(value);
export const shortNumber = (value: number): string =>
  Math.abs(value) < 100_000 ? whole.format(value) : short.format(value);
export const clockText = (iso: string, seconds = false): string =>
  (seconds ? clockSeconds : clock).format(new Date(iso));
/** With the day, unless it is today's. */
export const momentText = (iso: string, nowMs: number): string => {
  const at = new Date(iso);
  return at.toDateString() === new Date(nowMs).toDateString() ? clock.format(at) : dayClock.format(at);
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
