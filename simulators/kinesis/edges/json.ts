/** Members that are bytes, or times, in the inputs that we take; all else is the same on the wire. */
const BYTES = "Data";
const TIMES = new Set(["Timestamp", "StreamCreationTimestamp"]);

/** AWS JSON 1.1: bytes in base64, times in seconds since 1970, what is undefined left out. */
export const toWire = (value: object): string => JSON.stringify(plain(value));

/** Date and Buffer have a `toJSON` of their own, which would be asked before a replacer. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) members[name] = plain(member);
  return members;
};

/** @throws SyntaxError, or TypeError where it is no object */
export const fromWire = (text: string): object => {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("not an object");
  revive(value);
  return value;
};

/** In place: a reviver of JSON.parse is asked for each of a request's thousands of members. */
const revive = (value: object): void => {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (name === BYTES && typeof member === "string") Reflect.set(value, name, Buffer.from(member, "base64"));
    else if (TIMES.has(name) && typeof member === "number") Reflect.set(value, name, new Date(member * 1000));
    else if (typeof member === "object" && member !== null) revive(member);
  }
};
