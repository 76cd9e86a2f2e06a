import { isUtf8 } from "node:buffer";
import type { JsonObject, JsonValue } from "../metric/javascript.js";

export type ParsedObject =
  | { readonly kind: "object"; readonly value: JsonObject }
  | { readonly kind: "malformed"; readonly detail: string };

const LONE_SURROGATE = /\p{Surrogate}/u;

const malformed = (detail: string): ParsedObject => ({ kind: "malformed", detail });

/** One JSON object in valid UTF-8 and well-formed Unicode, nested at most `depthMax` deep; a repeated name's last value wins. */
export const parseObject = (bytes: Uint8Array, depthMax: number): ParsedObject => {
  if (!isUtf8(bytes)) return malformed("not valid UTF-8");
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("utf8");
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // the parser's own message quotes the text, which may be private
    return malformed("not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return malformed("expected one JSON object");
  const flaw = flawOf(value, depthMax, text.includes("\\u"));
  return flaw === null ? { kind: "object", value: value as JsonObject } : malformed(flaw);
};

/** Valid UTF-8 has no half surrogates, so that only texts with escapes need a look. */
const flawOf = (value: JsonValue, depthLeft: number, escapes: boolean): string | null => {
  if (typeof value === "string") {
    return escapes && LONE_SURROGATE.test(value) ? "a text has half of a surrogate pair" : null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (depthLeft === 0) return "nested too deep";
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      const flaw = flawOf(item, depthLeft - 1, escapes);
      if (flaw !== null) return flaw;
    }
    return null;
  }
  const object = value as JsonObject;
  for (const name in object) {
    if (escapes && LONE_SURROGATE.test(name)) return "a name has half of a surrogate pair";
    const flaw = flawOf(object[name] as JsonValue, depthLeft - 1, escapes);
    if (flaw !== null) return flaw;
  }
  return null;
};
