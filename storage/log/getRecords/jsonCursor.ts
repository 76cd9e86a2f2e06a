const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const SPACE = 0x20;

const isSpace = (byte: number): boolean => byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Thrown where bytes are not as `JsonCursor` can read them: they may still be JSON. */
export class Unpredicted extends Error {}

/** Reads JSON in order, without a tree. Every method stands before a token or white space. */
export interface JsonCursor {
  /** Passes over white space and the byte, if it comes next. */
  take(byte: number): boolean;
  expect(byte: number): void;
  /** The index in `names` of the key that comes next, colon included; -1 for another. */
  key(names: readonly Uint8Array[]): number;
  text(): string;
  /** The characters of a text without escapes, which may be long. One character a byte. */
  longText(): string;
  /** Whatever comes next. */
  value(): unknown;
  expectEnd(): void;
}

/** Its methods throw Unpredicted, and SyntaxError for what is no JSON. */
export const createJsonCursor = (bytes: Buffer): JsonCursor => {
  let at = 0;

  const skipSpace = (): void => {
    while (at < bytes.length && isSpace(bytes[at] as number)) at++;
  };

  const take = (byte: number): boolean => {
    if (bytes[at] !== byte) {
      skipSpace();
      if (bytes[at] !== byte) return false;
    }
    at++;
    return true;
  };

  const expect = (byte: number): void => {
    if (!take(byte)) throw new Unpredicted();
  };

  /** To behind the closing quote of the text whose first character is at `at`. True when it is plain ASCII. */
  const passText = (): boolean => {
    let plain = true;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        at++;
        return plain;
      }
      if (byte === BACKSLASH) at++;
      if (byte === BACKSLASH || byte < SPACE || byte > 0x7e) plain = false;
    }
    throw new Unpredicted();
  };

  const parse = (start: number, end: number): unknown => JSON.parse(bytes.toString("utf8", start, end));

  const text = (): string => {
    expect(QUOTE);
    const start = at;
    if (passText()) return bytes.toString("latin1", start, at - 1);
    return parse(start - 1, at) as string;
  };

  const passNested = (): void => {
    let depth = 0;
    do {
      const byte = bytes[at++];
      if (byte === QUOTE) passText();
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
      else if (byte === undefined) throw new Unpredicted();
    } while (depth > 0);
  };

  const passScalar = (): void => {
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)) return;
    }
  };

  const matches = (start: number, name: Uint8Array): boolean => {
    for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false;
    return true;
  };

  return {
    take,
    expect,
    key: (names) => {
      expect(QUOTE);
      const start = at;
      const plain = passText();
      const length = at - 1 - start;
      expect(0x3a);
      if (!plain) throw new Unpredicted();
      for (let index = 0; index < names.length; index++) {
        const name = names[index] as Uint8Array;
        if (name.length === length && matches(start, name)) return index;
      }
      return -1;
    },
    text,
    longText: () => {
      expect(QUOTE);
      const start = at;
      const end = bytes.indexOf(QUOTE, start);
      if (end < 0) throw new Unpredicted();
      at = end + 1;
      return bytes.toString("latin1", start, end);
    },
    value: () => {
      skipSpace();
      const first = bytes[at];
      if (first === QUOTE) return text();
      const start = at;
      if (first === OPEN_BRACE || first === OPEN_BRACKET) passNested();
      else passScalar();
      return parse(start, at);
    },
    expectEnd: () => {
      skipSpace();
      if (at < bytes.length) throw new Unpredicted();
    },
  };
};
