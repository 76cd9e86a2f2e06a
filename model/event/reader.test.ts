import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { hostile, hostileEvent } from "../metric/fixtures/arbitrary.js";
import { event } from "./define.js";
import { createEventReader } from "./reader.js";
import type { Reason } from "./reason.js";
import { t } from "./t.js";

const SEED = 20261121;

const view = event("view", {
  page: t.string({ minLength: 1, maxLength: 5 }),
  email: t.optional(t.string({ pii: true, maxLength: 20 })),
  dwellMs: t.integer({ minimum: 0, maximum: 10 }),
  price: t.optional(t.decimal(2, { minimum: 0 })),
  kind: t.optional(t.enum(["a", "b"])),
  ratio: t.optional(t.number()),
  seen: t.optional(t.boolean()),
  from: t.optional(t.object({ url: t.string(), tags: t.optional(t.array(t.integer(), { maxItems: 2 })) })),
});
const app = toAppDocument(
  defineApp({ events: [view, hostile], metrics: [], settings: { eventBytesMax: 2000, eventDepthMax: 4 } }),
);
const reader = createEventReader(app);

const aView = (overrides: object = {}): object => ({
  type: "view",
  id: "1",
  time: "2020-01-01T00:00:00Z",
  page: "p",
  dwellMs: 5,
  ...overrides,
});
const readJson = (value: unknown) => reader.read(Buffer.from(JSON.stringify(value)));
const readText = (text: string | Uint8Array) => reader.read(Buffer.from(text as string));

describe("an event reader", () => {
  it("reads an event, with what no schema declares", () => {
    const outcome = readJson(aView({ extra: { deep: [1] }, email: null }));
    expect(outcome).toMatchObject({
      kind: "event",
      type: "view",
      id: "1",
      timeMs: 1577836800000,
      bounds: null,
    });
    if (outcome.kind !== "event") return;
    expect(JSON.parse(outcome.body())).toEqual(
      aView({ time: "2020-01-01T00:00:00.000Z", extra: { deep: [1] }, email: null }),
    );
  });

  it("gives copies whose times are written differently one body", () => {
    const bodies = [
      "2020-01-01T00:00:00Z",
      "2020-01-01T01:00:00.000+01:00",
      "2020-01-01T00:00:00.000Z",
      "2020-01-01T00:00Z",
      1577836800000,
    ].map((time) => {
      const outcome = readJson(aView({ time }));
      return outcome.kind === "event" ? outcome.body() : outcome.detail;
    });
    expect(new Set(bodies).size).toBe(1);
  });

  it("takes marks off the body, and bounds from them", () => {
    const outcome = readJson(aView({ $version: 1, $bounds: [5, 0], $trace: "00-x" }));
    expect(outcome).toMatchObject({ kind: "event", bounds: { maxLateMs: 5, maxAheadMs: 0 } });
    expect(outcome.kind === "event" && outcome.body()).not.toContain("$");
    const hostile = readText(
      '{"$x":1,"__proto__":{"page":"q"},"type":"view","id":"1","time":0,"page":"p","dwellMs":1}',
    );
    expect(hostile.kind === "event" && hostile.body()).toContain('"__proto__":{"page":"q"}');
    expect(hostile.kind === "event" && hostile.event.page).toBe("p");
  });

  const cases: readonly (readonly [string, string | Uint8Array, Reason, string])[] = [
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "malformed", "not valid UTF-8"],
    [
      "half a surrogate pair in UTF-8",
      Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      "malformed",
      "not valid UTF-8",
    ],
    ["a byte order mark", "\ufeff{}", "malformed", "not JSON"],
    ["nothing", "", "malformed", "not JSON"],
    ["two objects", "{}{}", "malformed", "not JSON"],
    ["an array", "[]", "malformed", "expected one JSON object"],
    ["null", "null", "malformed", "expected one JSON object"],
    [
      "half an escaped pair in an undeclared text",
      '{"type":"view","x":["\\ud800"]}',
      "malformed",
      "a text has half of a surrogate pair",
    ],
    [
      "half an escaped pair in a name",
      '{"type":"view","x":{"\\udc00":1}}',
      "malformed",
      "a name has half of a surrogate pair",
    ],
    ["deep nesting", JSON.stringify(aView({ x: [[[[]]]] })), "malformed", "nested too deep"],
    ["very deep nesting", `{"x":${"[".repeat(900)}${"]".repeat(900)}}`, "malformed", "nested too deep"],
    [
      "many bytes",
      JSON.stringify(aView({ x: "x".repeat(2000) })),
      "too_large",
      "2084 bytes: expected at most 2000",
    ],
    ["no type", "{}", "missing_field", "type: expected text, got nothing"],
    ["a number for a type", '{"type":5}', "wrong_type", "type: expected text, got number"],
    ["an unknown type", '{"type":"veiw"}', "unknown_type", 'no event type "veiw"; did you mean "view"?'],
    [
      "the type __proto__",
      '{"type":"__proto__"}',
      "unknown_type",
      'no event type "__proto__"; there are: view, hostile',
    ],
    [
      "a later version",
      JSON.stringify(aView({ $version: 2 })),
      "unknown_version",
      "$version: expected an integer from 1 to 1",
    ],
    ["no id", JSON.stringify(aView({ id: undefined })), "missing_field", "id: expected text, got nothing"],
    ["a number for an id", JSON.stringify(aView({ id: 7 })), "wrong_type", "id: expected text, got number"],
    ["an empty id", JSON.stringify(aView({ id: "" })), "out_of_range", "id: expected 1 to 256 bytes"],
    [
      "an id of 258 bytes",
      JSON.stringify(aView({ id: "é".repeat(129) })),
      "out_of_range",
      "id: expected 1 to 256 bytes",
    ],
    [
      "null for a time",
      JSON.stringify(aView({ time: null })),
      "missing_field",
      "time: expected ISO 8601 with a zone, or integer epoch milliseconds, in the years 1 to 9999, got null",
    ],
    [
      "a day that is none",
      JSON.stringify(aView({ time: "2019-02-29T00:00:00Z" })),
      "out_of_range",
      "time: expected ISO 8601 with a zone, or integer epoch milliseconds, in the years 1 to 9999",
    ],
    [
      "a fraction of a millisecond",
      JSON.stringify(aView({ time: 1.5 })),
      "wrong_type",
      "time: expected ISO 8601 with a zone, or integer epoch milliseconds, in the years 1 to 9999, got number",
    ],
    [
      "a time past the year 9999",
      JSON.stringify(aView({ time: 253402300800000 })),
      "out_of_range",
      "time: expected ISO 8601 with a zone, or integer epoch milliseconds, in the years 1 to 9999",
    ],
    [
      "bounds that are none",
      JSON.stringify(aView({ $bounds: [1] })),
      "wrong_type",
      "$bounds: expected [maxLateMs, maxAheadMs]",
    ],
    [
      "a missing field",
      JSON.stringify(aView({ dwellMs: undefined })),
      "missing_field",
      "dwellMs: expected integer, got nothing",
    ],
    [
      "null for a required field",
      JSON.stringify(aView({ dwellMs: null })),
      "missing_field",
      "dwellMs: expected integer, got null",
    ],
    [
      "text for an integer",
      JSON.stringify(aView({ dwellMs: "5" })),
      "wrong_type",
      "dwellMs: expected integer, got text",
    ],
    [
      "a fraction for an integer",
      JSON.stringify(aView({ dwellMs: 5.5 })),
      "wrong_type",
      "dwellMs: expected integer, got number",
    ],
    [
      "an integer below its bounds",
      JSON.stringify(aView({ dwellMs: -1 })),
      "out_of_range",
      "dwellMs: expected an integer from 0 to 10",
    ],
    [
      "an integer past 2^53",
      JSON.stringify(aView()).replace(":5", ":9007199254740993"),
      "out_of_range",
      "dwellMs: expected an integer from 0 to 10",
    ],
    [
      "an empty text",
      JSON.stringify(aView({ page: "" })),
      "out_of_range",
      "page: expected 1 to 5 characters",
    ],
    [
      "a long text",
      JSON.stringify(aView({ page: "😀".repeat(6) })),
      "out_of_range",
      "page: expected 1 to 5 characters",
    ],
    [
      "a text that is no choice",
      JSON.stringify(aView({ kind: "c" })),
      "out_of_range",
      "kind: expected one of a, b",
    ],
    [
      "three decimals",
      JSON.stringify(aView({ price: 1.005 })),
      "out_of_range",
      "price: expected a number, at least 0, at most 2 decimals and 15 digits",
    ],
    [
      "sixteen digits",
      JSON.stringify(aView()).replace(":5", ':5,"price":12345678901234.56'),
      "out_of_range",
      "price: expected a number, at least 0, at most 2 decimals and 15 digits",
    ],
    [
      "an infinite number",
      JSON.stringify(aView()).replace(":5", ':5,"ratio":1e400'),
      "out_of_range",
      "ratio: expected a number below 1.8e308",
    ],
    [
      "text for a boolean",
      JSON.stringify(aView({ seen: "true" })),
      "wrong_type",
      "seen: expected boolean, got text",
    ],
    [
      "a missing inner field",
      JSON.stringify(aView({ from: {} })),
      "missing_field",
      "from.url: expected text, got nothing",
    ],
    [
      "an array for an object",
      JSON.stringify(aView({ from: [] })),
      "wrong_type",
      "from: expected object, got array",
    ],
    [
      "a wrong item",
      JSON.stringify(aView({ from: { url: "", tags: [1, null] } })),
      "missing_field",
      "from.tags[1]: expected integer, got null",
    ],
    [
      "too many items",
      JSON.stringify(aView({ from: { url: "", tags: [1, 2, 3] } })),
      "out_of_range",
      "from.tags: expected at most 2 items",
    ],
  ];
  it.each(cases)("rejects %s", (_, bytes, reason, detail) => {
    expect(readText(bytes as string)).toMatchObject({ kind: "rejected", reason, detail });
  });

  it("says what it could read of a rejected event", () => {
    expect(readJson(aView({ dwellMs: "5" }))).toMatchObject({ type: "view", id: "1", timeMs: 1577836800000 });
    expect(readJson({ type: "x".repeat(500), id: 5, time: "soon" })).toMatchObject({
      type: "x".repeat(80),
      id: null,
      timeMs: null,
    });
  });

  it("takes decimals of up to 15 digits, five characters beyond the basic plane, and no more", () => {
    for (const fields of [
      { price: 0.29 },
      { price: 9999999999999.99 },
      { page: "😀".repeat(5) },
      { price: 1e-2 },
    ]) {
      expect(readJson(aView(fields))).toMatchObject({ kind: "event" });
    }
  });

  it("never quotes a value", () => {
    const secret = "s3cret@example.org";
    const texts = [
      JSON.stringify(aView({ email: `${secret}${secret}` })),
      JSON.stringify(aView({ email: [secret] })),
      `{"email":"${secret}", oops`,
      `{"email":"${secret}"`,
      JSON.stringify({ type: "view", email: secret }),
    ];
    for (const text of texts) {
      const outcome = readText(text);
      expect(outcome.kind).toBe("rejected");
      expect(JSON.stringify(outcome)).not.toContain("s3cret");
    }
  });

  it("is not taken in by names that JavaScript objects inherit", () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const outcome = readText(
      '{"__proto__":{"page":"x","polluted":1},"constructor":{"prototype":{"polluted":1}},"10":1,"9":2,"":3,"type":"view","id":"1","time":0,"page":"p","dwellMs":1,"hasOwnProperty":null}',
    );
    expect(outcome.kind).toBe("event");
    expect(outcome.kind === "event" && outcome.body()).toContain('"__proto__":{"page":"x","polluted":1}');
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
    expect(readText('{"__proto__":{"page":"x","dwellMs":1},"type":"view","id":"1","time":0}')).toMatchObject({
      reason: "missing_field",
    });
  });

  it(`reads its own bodies back as they are (seed ${SEED})`, () => {
    fc.assert(
      fc.property(hostileEvent, (value) => {
        const first = readJson(value);
        if (first.kind === "rejected") expect.fail(first.detail);
        const second = readText(first.body());
        if (second.kind === "rejected") expect.fail(second.detail);
        expect(second.body()).toBe(first.body());
        expect([second.type, second.id, second.timeMs]).toEqual([first.type, first.id, first.timeMs]);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it(`agrees with a plain check, whatever is changed (seed ${SEED})`, () => {
    const odd = fc.constantFrom<unknown>(
      null,
      undefined,
      "",
      "p",
      "123456",
      "😀😀😀😀😀",
      0,
      5,
      11,
      -1,
      1.5,
      0.29,
      1.005,
      2 ** 53,
      true,
      [],
      [1],
      [1, 2, 3],
      ["x"],
      {},
      { url: "u" },
      { url: 1 },
      { url: "u", tags: [1] },
      { url: "u", tags: null },
      "a",
      "b",
      "2020-01-01T00:00:00Z",
    );
    let rejectedCount = 0;
    let runs = 0;
    const fields = [
      "type",
      "id",
      "time",
      "page",
      "email",
      "dwellMs",
      "price",
      "kind",
      "ratio",
      "seen",
      "from",
      "extra",
    ];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...fields), odd), { maxLength: 3 }), (changes) => {
        const value = JSON.parse(JSON.stringify({ ...aView(), ...Object.fromEntries(changes) })) as Record<
          string,
          unknown
        >;
        const outcome = readJson(value);
        runs++;
        if (outcome.kind === "rejected") rejectedCount++;
        if ((outcome.kind === "event") !== fits(value))
          expect.fail(`${outcome.kind} ${JSON.stringify(value)}`);
      }),
      { seed: SEED, numRuns: 5000 },
    );
    expect(rejectedCount).toBeGreaterThan(runs / 4);
    expect(rejectedCount).toBeLessThan((runs * 3) / 4);
  });

  it(`gives an outcome for any bytes (seed ${SEED})`, () => {
    const json = JSON.stringify(aView({ from: { url: "\\ud83d\\ude00" } }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(json.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const bytes = Buffer.from(json);
          for (const [at, byte] of edits) bytes[at] = byte;
          const outcome = reader.read(bytes);
          expect(outcome).toEqual(reader.read(new Uint8Array(bytes)));
        },
      ),
      { seed: SEED, numRuns: 5000 },
    );
  });
});

/** The schema of `view`, checked by hand. */
const fits = (value: Record<string, unknown>): boolean => {
  const { type, id, time, page, email, dwellMs, price, kind, ratio, seen, from } = value;
  const absent = (field: unknown): boolean => field === undefined || field === null;
  const isText = (field: unknown, least: number, most: number): boolean =>
    typeof field === "string" && Array.from(field).length >= least && Array.from(field).length <= most;
  const isInteger = (field: unknown, least: number, most: number): boolean =>
    typeof field === "number" && Number.isSafeInteger(field) && field >= least && field <= most;
  const isFrom = (field: unknown): boolean => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return false;
    const { url, tags } = field as Record<string, unknown>;
    return (
      typeof url === "string" &&
      (absent(tags) ||
        (Array.isArray(tags) && tags.length <= 2 && tags.every((tag) => Number.isSafeInteger(tag))))
    );
  };
  return (
    type === "view" &&
    isText(id, 1, 256) &&
    (time === "2020-01-01T00:00:00Z" || isInteger(time, -1e13, 1e14)) &&
    isText(page, 1, 5) &&
    (absent(email) || isText(email, 0, 20)) &&
    isInteger(dwellMs, 0, 10) &&
    (absent(price) ||
      (typeof price === "number" && price >= 0 && /^\d+(\.\d{1,2})?$/.test(String(price)) && price < 1e13)) &&
    (absent(kind) || kind === "a" || kind === "b") &&
    (absent(ratio) || typeof ratio === "number") &&
    (absent(seen) || typeof seen === "boolean") &&
    (absent(from) || isFrom(from))
  );
};
