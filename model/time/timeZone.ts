const QUARTER_MS = 900_000;
const QUARTERS_CACHED_MAX = 100_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

const zoneNamed = (timeZone: string): Zone => {
  let zone = zones.get(timeZone);
  if (!zone) {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    zone = { format, offsets: new Map() };
    zones.set(timeZone, zone);
  }
  return zone;
};

export const isTimeZone = (timeZone: string): boolean => {
  try {
    zoneNamed(timeZone);
    return true;
  } catch {
    return false;
  }
};

/** Start of the quarter hour. Offsets are taken there: every engine maps whole quarters, so all agree. */
export const quarterOf = (timeMs: number): number => Math.floor(timeMs / QUARTER_MS) * QUARTER_MS;

/** Local time minus UTC, in ms, at the start of the quarter hour that holds `timeMs`. */
export const offsetAt = (timeMs: number, timeZone: string): number => {
  if (timeZone === "UTC") return 0;
  const zone = zoneNamed(timeZone);
  const quarter = quarterOf(timeMs);
  const known = zone.offsets.get(quarter);
  if (known !== undefined) return known;
  const parts: Record<string, number> = {};
  let beforeChrist = false;
  for (const { type, value } of zone.format.formatToParts(quarter)) {
    if (type === "era") beforeChrist = value.startsWith("B");
    else parts[type] = Number(value);
  }
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const local = new Date(0);
  local.setUTCFullYear(beforeChrist ? 1 - year : year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const offset = local.getTime() - quarter;
  if (zone.offsets.size >= QUARTERS_CACHED_MAX) zone.offsets.clear();
  zone.offsets.set(quarter, offset);
  return offset;
};
