import type { KeyTexts } from "../reader/reader.js";
import { ProblemError, problem } from "./problem.js";

/** `name=value` pairs; `name` alone is the group without a value. A name may come once. */
export const keyTexts = (parameter: string, pairs: readonly string[]): KeyTexts => {
  const texts = new Map<string, string | null>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    if (name === "" || texts.has(name)) {
      throw new ProblemError(
        problem(
          "bad_parameter",
          "A parameter cannot be read",
          400,
          `${parameter}: write ${parameter}=name=value, once for each name; "${pair.slice(0, 60)}" is not that`,
          { parameter },
        ),
      );
    }
    texts.set(name, at < 0 ? null : pair.slice(at + 1));
  }
  return Object.fromEntries(texts);
};
