import { describe, expect, it } from "vitest";
import { type Body, fieldPaths, readBody } from "./bodyLines.js";
import { faultPath } from "./fault.js";

const marked = (body: Body): readonly string[] =>
  body.kind === "json"
    ? body.lines
        .filter(({ fault }) => fault !== null)
        .map(({ fault, parts }) => `${fault}: ${parts.map(({ text }) => text).join("")}`)
    : [];

const shown = (body: Body): string =>
  body.kind === "json"
    ? body.lines
        .map(({ depth, parts }) => "  ".repeat(depth) + parts.map(({ text }) => text).join(""))
        .join("\n")
    : "";

describe("a letter's body", () => {
  it("is written as JSON writes it, whatever it holds", () => {
    for (const value of [
      {},
      [],
      { a: [], b: {}, c: [1, { d: null }], 'e"\u2028': "\n", ["__proto__"]: true, "": 0.5 },
      [[[]], "x", -1e-7],
      "text",
      null,
    ]) {
      const text = JSON.stringify(value);
      expect(shown(readBody(text, null))).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }
  });

  it("marks the value that is wrong, in objects and in lists", () => {
    const body = '{"a":{"b":[1,{"c":"x"}]},"c":2}';
    expect(marked(readBody(body, "a.b[1].c"))).toEqual(['at: "c": "x"']);
    expect(marked(readBody(body, "c"))).toEqual(['at: "c": 2']);
  });

  it("shows an absent field where it should be", () => {
    expect(marked(readBody('{"a":{"b":1}}', "a.page"))).toEqual(['absent: "page": ']);
    expect(marked(readBody("{}", "page"))).toEqual(['absent: "page": ']);
    expect(marked(readBody('{"a":1}', "x.y"))).toEqual([]);
  });

  it("says where JSON ends to be JSON", () => {
    expect(readBody('{"a":1,,}', null)).toMatchObject({ kind: "broken", offset: 7 });
    expect(readBody('{"a":', null)).toMatchObject({ kind: "broken", offset: 5 });
  });

  it("lists its fields", () => {
    expect(fieldPaths('{"a":{"b":1,"c":[{"d":1}]},"e":null}')).toEqual(["a.b", "e"]);
    expect(fieldPaths("not json")).toEqual([]);
  });
});

it("a letter's fault is read from its detail, or its reason", () => {
  expect(faultPath({ reason: "wrong_type", detail: "a.b[1]: expected integer, got text" })).toBe("a.b[1]");
  expect(faultPath({ reason: "time_out_of_bounds", detail: "time 2025 is too far: from" })).toBe("time");
  expect(faultPath({ reason: "malformed", detail: "not JSON" })).toBeNull();
});
