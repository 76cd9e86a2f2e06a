/** Marks that anybody may set; the others (names that begin with `$`) are Freshet's own. */
const ALLOWED: ReadonlySet<string> = new Set(["$version", "$trace"]);

const isForeign = (name: string): boolean => name.startsWith("$") && !ALLOWED.has(name);

const sameBytes = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const DOLLAR = 0x24;
const BACKSLASH = 0x5c;

/** Whether any event in these bytes may have a mark. */
export const mayHaveMarks = (bytes: Uint8Array): boolean => {
  const buffer = sameBytes(bytes);
  // One byte is found far sooner than two: most bodies have neither.
  if (buffer.includes(DOLLAR) && buffer.includes('"$')) return true;
  // A name can hide its `$` only behind this escape.
  return buffer.includes(BACKSLASH) && buffer.includes("\\u0024");
};

/** The same event without marks that its sender may not set; bytes that are no JSON object stay as they are. */
export const withoutMarks = (bytes: Uint8Array): Uint8Array => {
  if (!mayHaveMarks(bytes)) return bytes;
  const event = parse(sameBytes(bytes).toString("utf8"));
  if (typeof event !== "object" || event === null || Array.isArray(event)) return bytes;
  if (!Object.keys(event).some(isForeign)) return bytes;
  return Buffer.from(
    JSON.stringify(Object.fromEntries(Object.entries(event).filter(([name]) => !isForeign(name)))),
  );
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
