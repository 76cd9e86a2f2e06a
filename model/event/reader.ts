import type { AppDocument } from "../app.js";
import type { DurationMs, EpochMs } from "../brand.js";
import type { JsonObject, JsonValue } from "../metric/javascript.js";
import { suggestion } from "../nearest.js";
import type { EventDefinition } from "./definition.js";
import { INSTANT_MS_MAX, INSTANT_MS_MIN, parseInstant } from "./instant.js";
import { parseObject } from "./json.js";
import { type EventBounds, ReadEvent, type ReadOutcome } from "./outcome.js";
import type { Reason } from "./reason.js";
import { compileUpcast } from "./upcast.js";
import { compileValidator, kindOf, type Problem } from "./validator.js";

/** Judges events by one app revision: the outcome depends on the bytes and the revision alone. */
export interface EventReader {
  read(bytes: Uint8Array): ReadOutcome;
}

export const EVENT_ID_BYTES_MAX = 256;
const TYPE_SHOWN_MAX = 80;

/** Compiles every schema version of the app's events. */
export const createEventReader = ({ events, settings }: AppDocument): EventReader => {
  const types = new Map(events.map((definition) => [definition.name, compileType(definition)]));
  const read = (bytes: Uint8Array): ReadOutcome => {
    if (bytes.length > settings.eventBytesMax) {
      return rejected("too_large", `${bytes.length} bytes: expected at most ${settings.eventBytesMax}`, {});
    }
    const parsed = parseObject(bytes, settings.eventDepthMax);
    if (parsed.kind === "malformed") return rejected("malformed", parsed.detail, {});
    const event = parsed.value;
    const { type, id, time } = event;
    if (typeof type !== "string") return rejectedField("type", "text", type, event);
    const known = types.get(type);
    if (known === undefined) {
      return rejected(
        "unknown_type",
        `no event type ${JSON.stringify(type.slice(0, TYPE_SHOWN_MAX))}; ${suggestion(type, [...types.keys()])}`,
        event,
      );
    }
    const version = event.$version === undefined ? known.last : event.$version;
    const read = typeof version === "number" ? known.versions.get(version) : undefined;
    if (read === undefined)
      return rejected("unknown_version", `$version: expected an integer from 1 to ${known.last}`, event);
    if (typeof id !== "string") return rejectedField("id", "text", id, event);
    if (!isId(id)) return rejected("out_of_range", `id: expected 1 to ${EVENT_ID_BYTES_MAX} bytes`, event);
    const timeMs = timeOf(time);
    if (timeMs === null) return rejectedTime(time, event);
    const bounds = boundsOf(event.$bounds);
    if (bounds === undefined)
      return rejected("wrong_type", "$bounds: expected [maxLateMs, maxAheadMs]", event);
    const result = read(withoutMarks(event), id, timeMs);
    return "reason" in result
      ? rejected(result.reason, result.detail, event)
      : new ReadEvent(type, id, timeMs, bounds, result.event);
  };
  return { read };
};

type ReadVersion = (
  event: JsonObject,
  id: string,
  timeMs: EpochMs,
) => Problem | { readonly event: JsonObject };

const compileType = ({ versions }: EventDefinition) => {
  const readers = new Map<number, ReadVersion>();
  let next: ReadVersion | null = null;
  for (const version of [...versions].reverse()) {
    const validate = compileValidator(version.schema);
    const after: { readonly upcast: ReturnType<typeof compileUpcast>; readonly read: ReadVersion } | null =
      next === null
        ? null
        : {
            upcast: compileUpcast(version, versions[version.version] as (typeof versions)[number]),
            read: next,
          };
    next = (event, id, timeMs) => {
      const problem = validate(event);
      if (problem !== null) return problem;
      return after === null ? { event } : after.read(after.upcast({ id, timeMs, event }), id, timeMs);
    };
    readers.set(version.version, next);
  }
  return { versions: readers, last: versions.length };
};

const isId = (id: string): boolean =>
  id !== "" && (id.length * 3 <= EVENT_ID_BYTES_MAX || Buffer.byteLength(id) <= EVENT_ID_BYTES_MAX);

const timeOf = (time: JsonValue | undefined): EpochMs | null => {
  if (typeof time === "string") return parseInstant(time) as EpochMs | null;
  if (typeof time !== "number" || !Number.isInteger(time)) return null;
  return time >= INSTANT_MS_MIN && time <= INSTANT_MS_MAX ? (time as EpochMs) : null;
};

/** Undefined where it is none. */
const boundsOf = (mark: JsonValue | undefined): EventBounds | null | undefined => {
  if (mark === undefined) return null;
  const bounds: readonly unknown[] = Array.isArray(mark) ? mark : [];
  const [maxLateMs, maxAheadMs] = bounds;
  if (bounds.length !== 2 || !isBound(maxLateMs) || !isBound(maxAheadMs)) return undefined;
  return { maxLateMs, maxAheadMs };
};

const isBound = (value: unknown): value is DurationMs => Number.isSafeInteger(value) && Number(value) >= 0;

const MARK = 36; // $

/** Names with `$` are Freshet's: they are no part of the body. */
const withoutMarks = (event: JsonObject): JsonObject => {
  for (const name in event) if (name.charCodeAt(0) === MARK) return copyWithoutMarks(event);
  return event;
};

const copyWithoutMarks = (event: JsonObject): JsonObject => {
  const copy: Record<string, JsonValue> = {};
  for (const name in event) {
    if (name.charCodeAt(0) === MARK) continue;
    const value = event[name] as JsonValue;
    if (name === "__proto__")
      Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
    else copy[name] = value;
  }
  return copy;
};

const rejected = (reason: Reason, detail: string, { type, id, time }: JsonObject): ReadOutcome => ({
  kind: "rejected",
  reason,
  detail,
  type: typeof type === "string" ? type.slice(0, TYPE_SHOWN_MAX) : null,
  id: typeof id === "string" && isId(id) ? id : null,
  timeMs: timeOf(time),
});

const rejectedField = (
  name: string,
  expected: string,
  value: JsonValue | undefined,
  event: JsonObject,
): ReadOutcome =>
  rejected(
    value === undefined || value === null ? "missing_field" : "wrong_type",
    `${name}: expected ${expected}, got ${kindOf(value)}`,
    event,
  );

const TIME_EXPECTED = "ISO 8601 with a zone, or integer epoch milliseconds, in the years 1 to 9999";

const rejectedTime = (time: JsonValue | undefined, event: JsonObject): ReadOutcome => {
  const readable =
    typeof time === "string" ||
    (typeof time === "number" && (Number.isInteger(time) || !Number.isFinite(time)));
  return readable
    ? rejected("out_of_range", `time: expected ${TIME_EXPECTED}`, event)
    : rejectedField("time", TIME_EXPECTED, time, event);
};
