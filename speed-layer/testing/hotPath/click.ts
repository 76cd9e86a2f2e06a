import type { Reason } from "@freshet/model";

/** An event of the click stream, as a consumer written for it would type it. */
export interface Click {
  readonly type: "article_view" | "article_share" | "search";
  readonly id: string;
  readonly time: string;
  readonly article: string;
  readonly cluster: string;
  readonly user: string;
  readonly dwellMs: number;
}

const DAY_MS = 86_400_000;
const DEVICES = new Set<unknown>(["mobile", "desktop", "tablet"]);
const CHANNELS = new Set<unknown>(["mail", "link", "social"]);
const ID_LENGTH_MAX = 256;

type Check = (value: unknown) => Reason | null;

const text =
  (lengthMin: number, lengthMax: number): Check =>
  (value) =>
    value === undefined || value === null
      ? "missing_field"
      : typeof value !== "string"
        ? "wrong_type"
        : value.length < lengthMin || value.length > lengthMax
          ? "out_of_range"
          : null;

const integer =
  (maximum: number): Check =>
  (value) =>
    value === undefined || value === null
      ? "missing_field"
      : !Number.isSafeInteger(value)
        ? "wrong_type"
        : (value as number) < 0 || (value as number) > maximum
          ? "out_of_range"
          : null;

const oneOf =
  (values: ReadonlySet<unknown>): Check =>
  (value) =>
    values.has(value) ? null : value === undefined ? "missing_field" : "wrong_type";

const someText = text(0, Number.POSITIVE_INFINITY);
const referrer = text(0, 2_000);
const device = oneOf(DEVICES);

const FIELDS: Readonly<Record<string, readonly (readonly [string, Check])[]>> = {
  article_view: [
    ["article", text(1, 200)],
    ["cluster", someText],
    ["user", someText],
    ["dwellMs", integer(DAY_MS)],
    ["device", device],
    ["referrer", referrer],
  ],
  article_share: [
    ["article", text(1, 200)],
    ["cluster", someText],
    ["user", someText],
    ["channel", oneOf(CHANNELS)],
    ["device", device],
    ["referrer", referrer],
  ],
  search: [
    ["query", text(0, 500)],
    ["results", integer(100_000)],
    ["user", someText],
    ["device", device],
    ["referrer", referrer],
  ],
};

const id = text(1, ID_LENGTH_MAX);

/** Every field checked, as the app's schemas demand it. */
export const problemOf = (event: Readonly<Record<string, unknown>>): Reason | null => {
  const fields = FIELDS[event["type"] as string];
  if (fields === undefined) return event["type"] === undefined ? "missing_field" : "unknown_type";
  const problem = id(event["id"]);
  if (problem !== null) return problem;
  for (const [name, check] of fields) {
    const found = check(event[name]);
    if (found !== null) return found;
  }
  return null;
};
