const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const POINT = 0x2e;
const SPACE = 0x20;

/** Reckoned exactly with all their places. */
const SECONDS_DIGITS_MAX = 11;
/** By the number of decimal places. */
const THOUSANDTHS = [1000, 100, 10, 1];

const isSpace = (byte: number): boolean => byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Thrown where bytes are not as `JsonCursor` can read them: they may still be JSON. */
export class Unpredicted extends Error {}

/** Reads JSON in order, without a tree. Each method passes over what it reads and the white space before that. */
export interface JsonCursor {
  readonly at: number;
  /** Passes over the byte, if it comes next. */
  take(byte: number): boolean;
  expect(byte: number): void;
  /** The index in `names` of the key that comes next, colon included; -1 for another. See `keyNames`. */
  key(names: readonly Uint8Array[]): number;
  /** Returns where a text begins, quotation mark included; it ends before `at`. */
  passText(): number;
  /** Likewise, of a text that is a decimal integer. */
  passDigits(): number;
  /** A number of at most three decimal places, in thousandths; -1, and nothing passed over, for any other. */
  thousandths(): number;
  /** The characters of a text without escapes, which may be long. One character a byte. */
  longText(): string;
  /** Whatever comes next. */
  value(): unknown;
  expectEnd(): void;
}

/** Keys as JSON writes them, without white space. */
export const keyNames = (...names: readonly string[]): readonly Uint8Array[] =>
  names.map((name) => Buffer.from(`${JSON.stringify(name)}:`));

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

  /** To behind the quotation mark that ends a text, from its first character. True when it is ASCII without escapes. */
  const passCharacters = (): boolean => {
    let plain = true;
    for (let end = at; end < bytes.length; end++) {
      const byte = bytes[end] as number;
      if (byte === QUOTE) {
        at = end + 1;
        return plain;
      }
      if (byte === BACKSLASH) end++;
      if (byte === BACKSLASH || byte < SPACE || byte > 0x7e) plain = false;
    }
    throw new Unpredicted();
  };

  const parse = (start: number, end: number): unknown => JSON.parse(bytes.toString("utf8", start, end));

  const passText = (): number => {
    expect(QUOTE);
    const start = at - 1;
    if (!passCharacters()) parse(start, at);
    return start;
  };

  const passNested = (): void => {
    let depth = 0;
    do {
      const byte = bytes[at++];
      if (byte === QUOTE) passCharacters();
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

  const matches = (name: Uint8Array): boolean => {
    const start = at;
    for (let index = 0; index < name.length; index++) {
      if (bytes[start + index] !== name[index]) return false;
    }
    return true;
  };

  const otherKey = (names: readonly Uint8Array[]): number => {
    const key = Buffer.from(`${JSON.stringify(parse(passText(), at))}:`);
    expect(COLON);
    return names.findIndex((name) => key.equals(name));
  };

  const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

  return {
    get at() {
      return at;
    },
    take,
    expect,
    key: (names) => {
      skipSpace();
      for (let index = 0; index < names.length; index++) {
        const name = names[index] as Uint8Array;
        if (matches(name)) {
          at += name.length;
          return index;
        }
      }
      return otherKey(names);
    },
    passText,
    passDigits: () => {
      expect(QUOTE);
      const start = at - 1;
      let end = at;
      while (isDigit(bytes[end] as number)) end++;
      if (bytes[end] !== QUOTE) throw new Unpredicted();
      at = end + 1;
      return start;
    },
    thousandths: () => {
      skipSpace();
      let end = at;
      let value = 0;
      while (isDigit(bytes[end] as number)) value = value * 10 + (bytes[end++] as number) - 0x30;
      const whole = end - at;
      if (whole === 0 || whole > SECONDS_DIGITS_MAX || (whole > 1 && bytes[at] === 0x30)) return -1;
      let places = 0;
      if (bytes[end] === POINT) {
        end++;
        while (isDigit(bytes[end] as number)) {
          value = value * 10 + (bytes[end++] as number) - 0x30;
          places++;
        }
        if (places === 0 || places > 3) return -1;
      }
      const next = bytes[end];
      if (next !== COMMA && next !== CLOSE_BRACE) return -1;
      at = end;
      return value * (THOUSANDTHS[places] as number);
    },
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
      const start = at;
      if (first === QUOTE) passText();
      else if (first === OPEN_BRACE || first === OPEN_BRACKET) passNested();
      else passScalar();
      return parse(start, at);
    },
    expectEnd: () => {
      skipSpace();
      if (at < bytes.length) throw new Unpredicted();
    },
  };
};
