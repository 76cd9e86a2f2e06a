import { expect, it } from "vitest";
import { faultOffset } from "./faultOffset.js";

const drawn = (line: number, piece: string, column: number): string =>
  `Parser Error: syntax error\n\nLINE ${line}: ${piece}\n${" ".repeat(`LINE ${line}: `.length + column)}^`;

it("finds the character that the caret stands below", () => {
  const sql = "SELECT 1\nFRM t\nWHERE x";
  expect(faultOffset(sql, drawn(2, "FRM t", 4))).toBe(sql.indexOf("t\n"));
  expect(faultOffset("SELECT frm", drawn(1, "SELECT frm", 7))).toBe(7);
});

it("finds it in a line that is cut at both ends", () => {
  const sql = `SELECT ${"a, ".repeat(60)}zz FRM t, ${"b, ".repeat(60)}c`;
  const at = sql.indexOf("FRM");
  const piece = `...${sql.slice(at - 30, at + 40)}...`;
  expect(faultOffset(sql, drawn(1, piece, 33))).toBe(at);
});

it("is none where nothing is drawn, or something else was", () => {
  expect(faultOffset("SELECT 1", "Timeout")).toBeNull();
  expect(faultOffset("SELECT 1", drawn(7, "x", 0))).toBeNull();
  expect(faultOffset("SELECT 1", drawn(1, "...nowhere...", 5))).toBeNull();
});
