import { isUtf8 } from "node:buffer";
import { expect, it } from "vitest";
import { parseInstant } from "../instant.js";
import { SLACK_BYTES } from "./bytes.js";
import { createDice } from "./fixtures/dice.js";
import { createInstantReader } from "./instant.js";
import { createNumberReader } from "./number.js";
import { numberEnd } from "./skip.js";
import { textEnd } from "./text.js";
import { createTextTable } from "./textTable.js";

const SEED = 20261121;
const RUNS = 60_000;

const memoryOf = (bytes: Uint8Array) => {
  const all = new Uint8Array(Buffer.concat([bytes, Buffer.alloc(SLACK_BYTES, '"')]));
  return { bytes: all, words: new DataView(all.buffer), end: bytes.length };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

it(`reads the doubles that JSON.parse reads (seed ${SEED})`, () => {
  const dice = createDice(SEED);
  const numbers = createNumberReader();
  const digits = (most: number): string =>
    Array.from({ length: dice.integer(most) }, () => dice.integer(10)).join("");
  let read = 0;
  for (let run = 0; run < RUNS; run++) {
    const fraction = dice.chance(0.6) ? `.${digits(dice.pick([3, 9, 20]))}` : "";
    const exponent = dice.chance(0.3)
      ? `${dice.pick(["e", "E"])}${dice.pick(["", "-", "+"])}${digits(4)}`
      : "";
    const text = `${dice.pick(["", "", "-"])}${dice.chance(0.1) ? "0" : digits(dice.pick([3, 10, 20]))}${fraction}${exponent}`;
    const { bytes, end } = memoryOf(Buffer.from(`${text},`));
    const expected = parsed(text);
    const isFinite = typeof expected === "number" && Number.isFinite(expected);
    const behind = numbers.read(bytes, 0, end);
    // what does not belong to the number is refused where a separator must stand
    if ((behind === text.length) !== isFinite) expect.fail(text);
    if (isFinite && !Object.is(numbers.value[0], expected)) expect.fail(`${text}: ${numbers.value[0]}`);
    if ((numberEnd(bytes, 0, end) === text.length) !== (typeof expected === "number")) expect.fail(text);
    if (isFinite) read++;
  }
  expect(read).toBeGreaterThan(RUNS / 4);
  expect(read).toBeLessThan((RUNS * 9) / 10);
});

it(`finds the end of the texts that JSON.parse reads (seed ${SEED})`, () => {
  const dice = createDice(SEED);
  const pieces = [
    ...[
      "a",
      "plain text",
      "x".repeat(30),
      "é",
      "日",
      "😀",
      "\\n",
      "\\u0041",
      "\\ud83d\\ude00",
      "\\u00",
      "\\ud800",
      "\\x",
      '"',
      "\\",
      "\t",
      "\u007f",
    ].map((piece) => Buffer.from(piece)),
    ...[
      "80",
      "c0af",
      "e08080",
      "eda080",
      "edbfbf",
      "f0808080",
      "f4908080",
      "ff",
      "e282",
      "f09f98",
      "c3",
      "ef",
      "bf",
    ].map((hex) => Buffer.from(hex, "hex")),
  ];
  let whole = 0;
  for (let run = 0; run < RUNS; run++) {
    const usual = dice.chance(0.6);
    const content = Buffer.concat(
      Array.from({ length: dice.integer(6) }, () => dice.pick(usual ? pieces.slice(0, 9) : pieces)),
    );
    const { bytes, words } = memoryOf(Buffer.concat([Buffer.from('"'), content, Buffer.from('"')]));
    const through = content.length + 1;
    const value = isUtf8(content) ? parsed(`"${content.toString()}"`) : undefined;
    const isText = typeof value === "string" && !/\p{Surrogate}/u.test(value);
    const found = textEnd(bytes, words, 1, through + 1);
    const expected = content.includes("\\") ? -2 - through : through;
    if ((found === expected) !== isText) expect.fail(content.toString("hex"));
    if (textEnd(bytes, words, 1, through) === expected)
      expect.fail(`past its end: ${content.toString("hex")}`);
    if (isText) whole++;
  }
  expect(whole).toBeGreaterThan(RUNS / 4);
  expect(whole).toBeLessThan((RUNS * 3) / 4);
});

it(`reads the times that parseInstant reads (seed ${SEED})`, () => {
  const dice = createDice(SEED);
  const instants = createInstantReader();
  const two = (bound: number): string => String(dice.integer(bound)).padStart(2, "0");
  let read = 0;
  for (let run = 0; run < RUNS; run++) {
    const year = dice.pick(["2020", "2021", "1900", "2000", "0001", "9999", "0000", "1969"]);
    const date = dice.chance(0.5) ? "2020-02-29" : `${year}-${two(14)}-${two(33)}`;
    const second = dice.chance(0.8) ? `:${two(61)}` : "";
    const fraction =
      second !== "" && dice.chance(0.7) ? `.${String(dice.integer(1e9)).slice(0, dice.integer(11))}` : "";
    const zone = dice.pick([
      "Z",
      "Z",
      "Z",
      `+${two(25)}:${two(61)}`,
      `-${two(25)}:${two(61)}`,
      "",
      "z",
      "+0100",
      "ZZ",
    ]);
    const text = `${date}T${two(25)}:${two(61)}${second}${fraction}${zone}`;
    const changed = dice.chance(0.2)
      ? text.replace(text[dice.integer(text.length)] ?? "", dice.pick(["a", "-", "é", " "]))
      : text;
    const { bytes, words, end } = memoryOf(Buffer.from(`${changed}"}`));
    const expected = parseInstant(changed);
    const behind = instants.read(bytes, words, 0, end);
    if ((behind === Buffer.byteLength(changed) + 1) !== (expected !== null)) expect.fail(changed);
    if (expected !== null && instants.value[0] !== expected) expect.fail(`${changed}: ${instants.value[0]}`);
    if (expected !== null) read++;
  }
  expect(read).toBeGreaterThan(RUNS / 10);
  expect(read).toBeLessThan(RUNS / 2);
});

it("finds texts by their bytes, whatever their length", () => {
  const texts = [
    "",
    "a",
    "ab",
    "abc",
    "abcd",
    "abce",
    "é",
    "日本",
    "x".repeat(300),
    "\ud800",
    "ab",
    ...Array.from({ length: 900 }, (_, index) => `same${index}same`),
  ];
  const table = createTextTable(texts);
  const find = (text: string): number => {
    const { bytes, words, end } = memoryOf(Buffer.from(text));
    return table.find(bytes, words, 0, end);
  };
  for (const text of texts) expect(find(text)).toBe(text === "\ud800" ? -1 : texts.indexOf(text));
  for (const text of ["b", "abd", "abcde", "\ufffd", "x".repeat(299), "same900same"])
    expect(find(text)).toBe(-1);
});
