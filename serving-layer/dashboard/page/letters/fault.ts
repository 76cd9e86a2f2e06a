import type { Letter } from "./answers.js";

const FIELD_BY_REASON: Readonly<Partial<Record<Letter["reason"], string>>> = {
  time_out_of_bounds: "time",
  unknown_type: "type",
  unknown_version: "$version",
};

/** The field that a letter is about, as `a.b[0].c`; null where the whole is at fault. */
export const faultPath = ({ reason, detail }: Pick<Letter, "reason" | "detail">): string | null => {
  if (reason === "malformed" || reason === "too_large") return null;
  return FIELD_BY_REASON[reason] ?? /^(?<path>[^:]+): expected /.exec(detail)?.groups?.["path"] ?? null;
};

/** What stood to be there, such as `integer`; null where the detail does not say. */
export const expectedType = ({ detail }: Pick<Letter, "detail">): string | null =>
  /: expected (?:an? )?(?<type>text|integer|number|boolean)\b/.exec(detail)?.groups?.["type"] ?? null;
