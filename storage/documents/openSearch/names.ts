const DAY_MS = 86_400_000;
const HASH_CHARS = 8;
/** Of OpenSearch: 255 bytes, and what stands around the metric's name takes less than 155. */
const SLUG_CHARS_MAX = 100;

/** A metric's name as part of an index's: lower case, no colons, and never two dashes together, which end it. */
export const slugOf = (metric: string): string =>
  metric.toLowerCase().replaceAll(":", "-").replaceAll(/-+/g, "-").replace(/-$/, "").slice(0, SLUG_CHARS_MAX);

/** The UTC day that holds an instant, as indices are named: 2026.11.21. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll("-", ".");

/** The indices of a metric, in all its definitions. */
export const trendPattern = (prefix: string, metric: string): string =>
  `${prefix}-trends-${slugOf(metric)}--*`;

export const trendTemplateName = (prefix: string, metric: string, definition: string): string =>
  `${prefix}-trends-${slugOf(metric)}--${definition.slice(0, HASH_CHARS)}`;

/**
 * The index of the UTC day in which a window ends: a document's index follows from its event time, never from when it was written,
 * so that its id is unique (S6).
 */
export const trendIndex = (prefix: string, metric: string, definition: string, toMs: number): string =>
  `${trendTemplateName(prefix, metric, definition)}--${dayOf(toMs - 1)}`;

export const letterTemplateName = (prefix: string): string => `${prefix}-letters`;
export const letterPattern = (prefix: string): string => `${prefix}-letters--*`;
export const letterIndex = (prefix: string, arrivalMs: number): string =>
  `${prefix}-letters--${dayOf(arrivalMs)}`;

const INDEX =
  /^(?<prefix>[a-z0-9][a-z0-9_.-]*?)-(?:trends-.+--[0-9a-f]{8}|letters)--(?<day>\d{4}\.\d\d\.\d\d)$/;

/** When an index of this prefix holds nothing newer; null for what is not Freshet's. */
export const indexEndMs = (prefix: string, index: string): number | null => {
  const groups = INDEX.exec(index)?.groups;
  if (groups?.["prefix"] !== prefix) return null;
  const startMs = Date.parse(`${groups["day"]?.replaceAll(".", "-")}T00:00:00Z`);
  return Number.isNaN(startMs) ? null : startMs + DAY_MS;
};
