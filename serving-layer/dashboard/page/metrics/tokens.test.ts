import fc from "fast-check";
import { expect, test } from "vitest";
import { tokensOf } from "./tokens.js";

test("the tokens of any text are the text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("typescript" as const, "sql" as const),
      (text, language) => {
        expect(
          tokensOf(text, language)
            .map((token) => token.text)
            .join(""),
        ).toBe(text);
      },
    ),
  );
});

test("texts, numbers, words and calls are told apart", () => {
  const kinds = (text: string, language: "typescript" | "sql") =>
    tokensOf(text, language).flatMap(({ kind, text: part }) => (kind === "plain" ? [] : [[kind, part]]));
  expect(kinds(`count({ where: eq(e.a, "b\\"c") }), 12`, "typescript")).toEqual([
    ["call", "count"],
    ["call", "eq"],
    ["text", `"b\\"c"`],
    ["number", "12"],
  ]);
  expect(kinds("SELECT sum(x) FROM f0 WHERE a = 'it''s'", "sql")).toEqual([
    ["word", "SELECT"],
    ["call", "sum"],
    ["word", "FROM"],
    ["word", "WHERE"],
    ["text", "'it''s'"],
  ]);
});
