import { parseInstant } from "@freshet/model";

/** An import's events are not judged by when they arrive: a thousand years either way. */
const WIDE_BOUND_MS = 31_556_952_000_000;
const WIDE_BOUNDS = `"$bounds":[${WIDE_BOUND_MS},${WIDE_BOUND_MS}]`;

/** A mapped event's bytes, with wide time bounds unless it has its own. @throws TypeError for what is no JSON. */
export const encodeMapped = (event: object): Buffer => {
  const text = JSON.stringify(event);
  if (!text.startsWith("{")) throw new TypeError("the mapping gave no JSON object");
  if (Object.hasOwn(event, "$bounds")) return Buffer.from(text);
  return Buffer.from(`${text.slice(0, -1)}${text === "{}" ? "" : ","}${WIDE_BOUNDS}}`);
};

/** An event's time as the mapping gave it; null when it is none. */
export const timeOf = (event: object): number | null => {
  const { time } = event as { readonly time?: unknown };
  if (typeof time === "number") return Number.isFinite(time) ? time : null;
  if (time instanceof Date) return time.getTime();
  return typeof time === "string" ? parseInstant(time) : null;
};
