import {
  defineApp,
  epochMs,
  event,
  parseExpression,
  sequenceNumber,
  shardId,
  t,
  toInteger,
} from "@freshet/model";
import type { StoredLetter } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { idOf, type Mend, type MendedField, mendLetter } from "./mend.js";

const aLetter = (body: string, overrides: Partial<StoredLetter> = {}): StoredLetter => ({
  shard: shardId("shardId-000000000003"),
  sequence: sequenceNumber(1207),
  subsequence: 4,
  arrivalMs: epochMs(1_700_000_000_000),
  reason: "wrong_type",
  detail: "",
  type: null,
  id: null,
  timeMs: null,
  body: Buffer.from(body),
  place: "p",
  replay: null,
  ...overrides,
});

const field = (type: string, ...path: string[]) => ({ kind: "field", type, path });
const call = (name: string, ...args: unknown[]) => ({ kind: "call", name, args });
const literal = (value: unknown) => ({ kind: "literal", value });
const set = (...fields: readonly [path: string, value: unknown][]): Mend => ({
  kind: "set",
  fields: fields.map(
    ([path, value]): MendedField => ({ path: path.split("."), value: parseExpression(value) }),
  ),
});
const mended = (body: string, mend: Mend, overrides: Partial<StoredLetter> = {}) => {
  const result = mendLetter(aLetter(body, overrides), mend);
  if (result.kind !== "event") return result;
  const { $bounds, ...event } = result.event;
  expect($bounds).toEqual([expect.any(Number), expect.any(Number)]);
  return event;
};

describe("mending a dead letter", () => {
  it("leaves an event as it is, and gives one without an id the same one each time", () => {
    const event = { type: "view", id: "a", time: 5, deep: { list: [1, { a: null }] }, $version: 1 };
    expect(mended(JSON.stringify(event), { kind: "none" })).toEqual(event);
    const named = { type: "view", time: 5, id: "shardId-000000000003:1207:4" };
    for (const id of [{}, { id: null }, { id: "" }])
      expect(mended(JSON.stringify({ type: "view", time: 5, ...id }), { kind: "none" })).toEqual(named);
    expect(idOf(aLetter(""))).toBe(named.id);
  });

  it("sets fields from the event as it was, whatever their order, and takes fields away", () => {
    const body = JSON.stringify({
      type: "view",
      id: "a",
      time: 5,
      dwell: "12",
      old: "x",
      page: { url: "/A" },
    });
    const mend = set(
      ["dwell", call("toInteger", field("string", "dwell"))],
      ["old", { kind: "literal", type: "string", value: null }],
      ["page.url", call("lowerAscii", field("string", "page", "url"))],
      ["page.copy", call("concat", field("string", "old"), literal("!"))],
      ["deep.er", literal(7)],
    );
    expect(mended(body, mend)).toEqual({
      type: "view",
      id: "a",
      time: 5,
      dwell: 12,
      page: { url: "/a", copy: "x!" },
      deep: { er: 7 },
    });
  });

  it("reads a field of another type than claimed as null, and never fails", () => {
    const values = [12, true, null, [1], { a: 1 }, "\u0000", "9".repeat(30), "__proto__"];
    for (const value of values) {
      const event = mended(
        JSON.stringify({ id: "a", x: value }),
        set(["y", call("toInteger", field("string", "x"))]),
      );
      expect(event).toEqual({ id: "a", x: value });
    }
    expect(mended('{"id":"a","__proto__":{"x":"5"}}', set(["y", field("string", "x")]))).not.toHaveProperty(
      "y",
    );
    const own = mended(
      '{"id":"a","__proto__":{"x":"5"}}',
      set(["__proto__.z", field("string", "__proto__", "x")]),
    );
    expect(JSON.stringify(own)).toBe('{"id":"a","__proto__":{"x":"5","z":"5"}}');
    expect(({} as { z?: unknown }).z).toBeUndefined();
  });

  it("reads a field by each type that an expression names it with", () => {
    const digits = call("coalesce", field("integer", "n"), call("toInteger", field("string", "n")));
    expect(mended('{"id":"a","n":"42"}', set(["n", digits]))).toEqual({ id: "a", n: 42 });
    expect(mended('{"id":"a","n":43}', set(["n", digits]))).toEqual({ id: "a", n: 43 });
    expect(mended('{"id":"a","n":"long"}', set(["n", digits]))).toEqual({ id: "a" });
  });

  it("reads id and time as they were written", () => {
    const body = '{"id":"a","time":"2026-01-01T00:00:00Z"}';
    const copies = set(["was", field("string", "time")], ["name", field("string", "id")]);
    expect(mended(body, copies)).toMatchObject({ was: "2026-01-01T00:00:00Z", name: "a" });
  });

  it("knows when the letter arrived", () => {
    expect(mended('{"id":"a"}', set(["time", field("instant", "$arrival")]))).toEqual({
      id: "a",
      time: 1_700_000_000_000,
    });
  });

  it("takes a body that was written anew, and says what is no event", () => {
    expect(mended("{", { kind: "body", body: '{"id":"b"}' })).toEqual({ id: "b" });
    for (const body of ["{", "[]", "5", "null", ""])
      expect(mended(body, { kind: "none" })).toEqual({ kind: "unreadable", detail: "not one JSON object" });
  });

  it("is a function that users can define too", () => {
    const view = event("view", { dwell: t.string() });
    expect(defineApp({ events: [view], metrics: [] })).toBeDefined();
    expect(parseExpression(JSON.parse(JSON.stringify(toInteger("12"))))).toMatchObject({ type: "integer" });
  });
});
