/** Members that are bytes, or times, in the inputs that we take; all else is the same on the wire. */
const BYTES = new Set(["Data"]);
const TIMES = new Set(["Timestamp", "StreamCreationTimestamp"]);

/** AWS JSON 1.1: bytes in base64, times in seconds since 1970, what is undefined left out. */
export const toWire = (value: object): string => {
  // Date and Buffer have a toJSON of their own, which would be asked before a replacer.
  return JSON.stringify(plain(value));
};

const plain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};

/** @throws SyntaxError, or TypeError where it is no object */
export const fromWire = (text: string): object => {
  const value: unknown = JSON.parse(text, (name, member: unknown) => {
    if (typeof member === "string" && BYTES.has(name)) return new Uint8Array(Buffer.from(member, "base64"));
    if (typeof member === "number" && TIMES.has(name)) return new Date(member * 1000);
    return member;
  });
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("not an object");
  return value;
};
