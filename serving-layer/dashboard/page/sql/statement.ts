import { effect, signal } from "@preact/signals";
import { parameter } from "../route/route.js";

const NAME = "freshet-sql-statements";
const KEPT_MAX = 40;
const STATEMENT_CHARS_MAX = 20_000;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === "string");

const stored = (): readonly string[] => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return isTexts(value) ? value : [];
  } catch {
    return [];
  }
};

/** Statements that were run in this browser, the newest first. */
export const statements = signal<readonly string[]>(stored());
effect(() => {
  const text = JSON.stringify(statements.value);
  try {
    localStorage.setItem(NAME, text);
  } catch {
    // Full or forbidden: they are kept as long as the page is.
  }
});

/** What stands in the editor: as the address says, or as it was left. */
export const statement = signal(parameter("sql", "sql").peek() ?? statements.peek()[0] ?? "");

export const remember = (text: string): void => {
  if (text.length > STATEMENT_CHARS_MAX) return;
  statements.value = [text, ...statements.value.filter((one) => one !== text)].slice(0, KEPT_MAX);
};

export const forgetStatements = (): void => {
  statements.value = [];
};
