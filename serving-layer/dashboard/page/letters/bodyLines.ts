type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type PartKind = "name" | "text" | "number" | "word" | "mark";
export interface Part {
  readonly kind: PartKind;
  readonly text: string;
}

/** A line of a body as it is shown. */
export interface BodyLine {
  readonly depth: number;
  readonly parts: readonly Part[];
  /** `at`: this is what is wrong. `absent`: it should be here and is not. */
  readonly fault: "at" | "absent" | null;
}

export type Body =
  | { readonly kind: "json"; readonly lines: readonly BodyLine[] }
  /** Cannot be read as JSON; the offset is that of the first character that does not fit. */
  | { readonly kind: "broken"; readonly text: string; readonly offset: number | null; readonly says: string };

const mark = (text: string): Part => ({ kind: "mark", text });
const nameParts = (name: string | null): readonly Part[] =>
  name === null ? [] : [{ kind: "name", text: JSON.stringify(name) }, mark(": ")];

const scalarPart = (value: string | number | boolean | null): Part => ({
  kind: typeof value === "string" ? "text" : typeof value === "number" ? "number" : "word",
  text: JSON.stringify(value),
});

const below = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
const parentOf = (path: string): string => /^(?<parent>.*)\.[^.]*$/.exec(path)?.groups?.["parent"] ?? "";
const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

const present = (value: Json, path: string, wanted: string): boolean => {
  if (path === wanted) return true;
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value)
    ? value.some((item: Json, index) => present(item, `${path}[${index}]`, wanted))
    : Object.entries(value).some(([name, of]) => present(of, below(path, name), wanted));
};

const linesOf = (root: Json, fault: string | null): readonly BodyLine[] => {
  const lines: BodyLine[] = [];
  const absentFrom = fault !== null && !present(root, "", fault) ? parentOf(fault) : null;
  const add = (value: Json, path: string, name: string | null, depth: number, comma: string): void => {
    const at = path !== "" && path === fault ? "at" : null;
    if (typeof value !== "object" || value === null) {
      lines.push({ depth, parts: [...nameParts(name), scalarPart(value), mark(comma)], fault: at });
      return;
    }
    const isList = Array.isArray(value);
    const members: readonly (readonly [string | null, Json, string])[] = isList
      ? value.map((item: Json, index) => [null, item, `${path}[${index}]`] as const)
      : Object.entries(value).map(([key, of]) => [key, of, below(path, key)] as const);
    const [open, close] = isList ? ["[", "]"] : ["{", "}"];
    const lacks = !isList && absentFrom === path;
    if (members.length === 0 && !lacks) {
      lines.push({ depth, parts: [...nameParts(name), mark(`${open}${close}${comma}`)], fault: at });
      return;
    }
    lines.push({ depth, parts: [...nameParts(name), mark(open)], fault: at });
    if (lacks && fault !== null)
      lines.push({ depth: depth + 1, parts: nameParts(lastOf(fault)), fault: "absent" });
    members.forEach(([key, of, inner], index) =>
      add(of, inner, key, depth + 1, index < members.length - 1 ? "," : ""),
    );
    lines.push({ depth, parts: [mark(close + comma)], fault: null });
  };
  add(root, "", null, 0, "");
  return lines;
};

/** Where a JSON parser stopped, in the words of the engines that say it. */
export const jsonOffset = (text: string, message: string): number | null => {
  const position = /at position (?<offset>\d+)/.exec(message)?.groups?.["offset"];
  if (position !== undefined) return Math.min(Number(position), text.length);
  return /end of|Unterminated/.test(message) ? text.length : null;
};

/** A letter's body, line by line, with what is wrong in its place. */
export const readBody = (text: string, fault: string | null): Body => {
  try {
    return { kind: "json", lines: linesOf(JSON.parse(text) as Json, fault) };
  } catch (error) {
    const says = error instanceof Error ? error.message : "not JSON";
    return { kind: "broken", text, offset: jsonOffset(text, says), says };
  }
};

/** Leaves of a body as paths, such as `page.title`; lists are left out. */
export const fieldPaths = (text: string): readonly string[] => {
  const paths: string[] = [];
  const walk = (value: Json, path: string): void => {
    if (Array.isArray(value)) return;
    if (typeof value === "object" && value !== null)
      for (const [name, of] of Object.entries(value)) walk(of, below(path, name));
    else if (path !== "") paths.push(path);
  };
  try {
    walk(JSON.parse(text) as Json, "");
  } catch {
    return [];
  }
  return paths;
};
