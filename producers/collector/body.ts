import { isUtf8 } from "node:buffer";
import { EventLines, type IntakeEvents } from "./event.js";
import { ProblemError } from "./problem.js";

export const JSON_TYPE = "application/json";
export const NDJSON_TYPES: readonly string[] = ["application/x-ndjson", "application/ndjson"];

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * The events of a request's body, each as bytes. A JSON body is one event, an array of events, or `{"events": [...]}`; an
 * NDJSON body is one event a line, and a line that is none spoils no other.
 * @throws ProblemError 400 for a body of which no events can be told.
 */
export const eventsOfBody = (contentType: string, body: Buffer): IntakeEvents => {
  const events = NDJSON_TYPES.includes(contentType) ? linesOf(body) : eventsOfJson(body);
  if (events.length === 0) throw badBody("the body holds no event");
  return events;
};

const badBody = (detail: string): ProblemError =>
  new ProblemError({ status: 400, title: "Bad request", detail });

const linesOf = (body: Buffer): EventLines => {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start);
    const end = newline < 0 ? body.length : newline;
    const stop = end > start && body[end - 1] === RETURN ? end - 1 : end;
    if (stop > start) {
      starts.push(start);
      ends.push(stop);
    }
    start = end + 1;
  }
  return new EventLines(body, starts, ends);
};

const eventsOfJson = (body: Buffer): Buffer[] => {
  const value = parseJson(body);
  if (typeof value !== "object" || value === null)
    throw badBody("expected an event, an array of events, or NDJSON");
  const events = Array.isArray(value) ? value : (value as { readonly events?: unknown }).events;
  if (!Array.isArray(events) || Object.hasOwn(value, "type")) return [body];
  return events.map((event) => Buffer.from(JSON.stringify(event)));
};

const parseJson = (body: Buffer): unknown => {
  if (!isUtf8(body)) throw badBody("the body is not UTF-8");
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw badBody("the body is not JSON; for one event a line, send application/x-ndjson");
  }
};
