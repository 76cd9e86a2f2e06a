import { describe, expect, it } from "vitest";
import { DEPTH_MAX, ENVELOPE, HEAD, hostileApp as app, USUAL } from "./fixtures/hostileApp.js";
import { type CreateTestedScanner, KERNELS } from "./fixtures/kernels.js";
import { createTwins } from "./fixtures/sameRows.js";

const wideEvent = (names: readonly number[]): string =>
  `{"type":"wide","id":"w","time":5,${names.map((name) => `"f${name}":${name % 2 === 0 ? name : `"${name}"`}`).join(",")}}`;
const ALL = Array.from({ length: 70 }, (_, index) => index);

/** Scans them alone, then in one run, by a scanner that has seen nothing and by one that knows the usual order. */
const compareBy = (create: CreateTestedScanner, events: readonly (string | Uint8Array)[]) => {
  const all = events.map((one) => Buffer.from(one as string));
  const fresh = createTwins(app, create);
  fresh.check(all);
  const trained = createTwins(app, create);
  trained.check(Array.from({ length: 80 }, () => Buffer.from(USUAL)));
  const before = trained.scanner.counts.plain;
  for (const one of all) trained.check([one]);
  const rows = trained.check(all, '"');
  return { rows, plain: (trained.scanner.counts.plain - before) / 2 };
};

const withField = (name: string, values: readonly string[]): readonly string[] =>
  values.flatMap((value) => [
    `${HEAD},"${name}":${value}}`,
    `${HEAD},"${name}":${value},"note":""}`,
    `${HEAD},"${name}": ${value} }`,
  ]);

const NUMBERS = [
  ..."0 -0 1 -1 5 -5 -6 01 -01 00 1.0 1.50 1. .5 -.5 - + +1 1e2 1E2 1e+2 1e-2 1e 1e+ 1ee2 1.e2 0e0 0.0 -0.0 0x10 1_000".split(
    " ",
  ),
  ..."NaN Infinity -Infinity 1e400 -1e400 1e-400 1e308 1.7976931348623157e308 1.7976931348623159e308 5e-324 2e-324".split(
    " ",
  ),
  ..."1000000 1000001 999999 2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296".split(" "),
  ..."9007199254740990 9007199254740991 9007199254740992 9007199254740993 -9007199254740991 -9007199254740992".split(
    " ",
  ),
  ..."90071992547409910 99999999999999999999 123456789012345678901234567890 1000000000000000000000000e-24".split(
    " ",
  ),
  ..."0.29 2.55 1.005 2.675 0.01 0.001 9999999999999.99 99999999999999.99 12345678901234.56 0.10 100.00 1e-2 255e-2".split(
    " ",
  ),
  ..."0.1 0.30000000000000004 0.1234567890123456 0.12345678901234567 0.000000000000001 0.0000000000000001 1.23456789012345e5".split(
    " ",
  ),
];

describe.each(KERNELS)("a scanner by %s says what the plain reader says", (_, create) => {
  const compare = (events: readonly (string | Uint8Array)[]) => compareBy(create, events);

  it("of numbers at every boundary", () => {
    const { rows, plain } = compare(
      ["units", "any", "price", "ratio", "other", "tags"].flatMap((name) => withField(name, NUMBERS)),
    );
    expect(rows.length).toBeGreaterThan(1_000);
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(400);
    expect(plain).toBeLessThan((rows.length * 4) / 5);
  });

  it("of times", () => {
    const digits = ["0", "1", "9", "23", "24", "59", "60", "99"];
    const times = [
      ...digits.flatMap((two) => [
        `2020-01-01T${two.padStart(2, "0")}:00:00Z`,
        `2020-01-01T00:${two.padStart(2, "0")}:00.000Z`,
        `2020-01-01T00:00:${two.padStart(2, "0")}.000Z`,
      ]),
      ..."2020-01-01T00:00Z 2020-01-01T00Z 2020-01-01 2020-01-01T00:00:00 2020-01-01T00:00:00z 2020-01-01 00:00:00Z".split(
        " ",
      ),
      ..."2020-02-29T00:00:00Z 2021-02-29T00:00:00Z 1900-02-29T00:00:00.000Z 2000-02-29T00:00:00.000Z 2020-13-01T00:00:00Z 2020-00-10T00:00:00Z".split(
        " ",
      ),
      ..."0000-12-31T23:59:59.999Z 0001-01-01T00:00:00.000Z 0001-01-01T00:00:00+00:01 9999-12-31T23:59:59.999Z 9999-12-31T23:59:59.999-00:01".split(
        " ",
      ),
      ..."2020-01-01T00:00:00+01:00 2020-01-01T00:00:00.5-23:59 2020-01-01T00:00+24:00 2020-01-01T00:00:00+01:60 2020-01-01T00:00:00+0100".split(
        " ",
      ),
      ..."2020-01-01T00:00:00.1Z 2020-01-01T00:00:00.12Z 2020-01-01T00:00:00.123456789Z 2020-01-01T00:00:00.1234567890Z 2020-01-01T00:00:00.Z".split(
        " ",
      ),
      ..."2020-01-01T00:00:0aZ 2020-01-01T00:00:00.00aZ 2020-01-01T00:00:00,000Z 2020-01-01T00-00:00.000Z 2020/01/01T00:00:00.000Z soon".split(
        " ",
      ),
      ..."2020-01-01T00:00:00.000ZZ 2020-01-01T00:00:00.000Z\\u0020 2020-01-01T00:00:00.000\\u005a é020-01-01T00:00:00.000Z".split(
        " ",
      ),
    ].map((time) => JSON.stringify(time).replaceAll("\\\\", "\\"));
    const integers = [...NUMBERS, "-62135596800000", "-62135596800001", "253402300799999", "253402300800000"];
    const { rows } = compare(
      [...times, ...integers, "null", "[]", "true", '""', '"'].map(
        (time) => `{"type":"sale","id":"1","shop":"s","time":${time}}`,
      ),
    );
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(50);
  });

  it("of texts with escapes, in every field that is looked at", () => {
    const texts = [
      ...[
        "",
        "a",
        "é",
        "日本",
        "😀",
        "aaaaaaaa",
        "aaaaaaaaa",
        "éééééééé",
        "ééééééééé",
        "😀😀😀😀😀😀😀😀",
        "😀😀😀😀😀😀😀😀😀",
        "v0",
        "v39",
        "v40",
        "new",
        "old",
        'quote\\"',
        'quote"',
      ],
      ...[
        "\\n",
        '\\t\\r\\b\\f\\/\\\\\\"',
        "\\u0041",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\uD83D\\uDE00",
        "n\\u0065w",
        "\\u0076\\u0030",
        "\\u0000",
        "x\\u007f",
      ],
      ...[
        "\\ud83d",
        "\\ude00",
        "\\ude00\\ud83d",
        "\\ud83d\\ud83d\\ude00",
        "\\ud83dx",
        "\\ud83d\\n",
        "\\ud83d\\u0041",
        "\\u",
        "\\u1",
        "\\u123",
        "\\u123g",
        "\\x41",
        "\\",
        "\\'",
        "\\a",
        "\\U0041",
      ],
      ...[
        "\t",
        "\n",
        "\u0000",
        "\u001f",
        "\u007f",
        "\u0080",
        "\u2028",
        "\ufeff",
        "\uffff",
        "\ud7ff",
        "\ue000",
      ],
      "x".repeat(255),
      "x".repeat(256),
      "x".repeat(257),
      "é".repeat(128),
      `x${"é".repeat(128)}`,
      "x".repeat(59_000),
      "x".repeat(70_000),
      "😀".repeat(3_000),
      `${"x".repeat(20_000)}\\n${"y".repeat(20_000)}`,
    ].map((text) => `"${text}"`);
    const fields = ["shop", "note", "kind", "many", "größe", "other"].flatMap((name) =>
      texts.map(
        (text) =>
          `{"type":"sale","id":"1","time":0,${name === "shop" ? "" : '"shop":"s",'}"${name}":${text}}`,
      ),
    );
    const envelope = texts.flatMap((text) => [
      `{"type":${text},"id":"1","time":0,"shop":"s"}`,
      `{"type":"sale","id":${text},"time":0,"shop":"s"}`,
    ]);
    const names = texts.flatMap((text) => [
      `${HEAD},${text}:1}`,
      `${HEAD},"other":{${text}:"v"}}`,
      `${HEAD},"page":{${text}:1}}`,
    ]);
    const { rows } = compare([...fields, ...envelope, ...names]);
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(200);
  });

  it("of bytes that are no UTF-8, wherever they stand", () => {
    const broken = [
      "80",
      "bf",
      "c0af",
      "c080",
      "c1bf",
      "c2",
      "c228",
      "e08080",
      "e09fbf",
      "e0a0",
      "e28228",
      "ed9fbf",
      "eda080",
      "edafbf",
      "edb080",
      "edbfbf",
      "ee8080",
      "efbfbf",
      "f0808080",
      "f08fbfbf",
      "f0908080",
      "f09f98",
      "f09f9828",
      "f48fbfbf",
      "f4908080",
      "f5808080",
      "f8888080",
      "fe",
      "ff",
      "efbbbf",
      "00",
    ];
    const events = broken.flatMap((hex) => {
      const bytes = Buffer.from(hex, "hex");
      return [
        '"note":"',
        '"note":"aaaaaaaaaaaaaaaaa',
        '"other":"',
        '"other":{"',
        '"other":["é',
        '"kind":"',
        '"',
        "",
      ].map((before) =>
        Buffer.concat([
          Buffer.from(`${HEAD},${before}`),
          bytes,
          Buffer.from(
            before.endsWith('{"')
              ? '":1}}'
              : before === ""
                ? "}"
                : before.startsWith('"other":[')
                  ? '"]}'
                  : before === '"'
                    ? '":1}'
                    : '"}',
          ),
        ]),
      );
    });
    const { rows } = compare(events);
    expect(rows.filter((row) => "reason" in row).length).toBeGreaterThan(150);
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(20);
  });

  it("of an event that ends at any byte, and of one that goes on", () => {
    const bytes = Buffer.from(USUAL);
    const { rows } = compare([
      ...Array.from({ length: bytes.length + 1 }, (_, length) => bytes.subarray(0, length)),
      ...["}", ",", "{}", "\u0000", " ", "\n\t\r ", "\u00a0", "\ufeff", "//", "1"].map(
        (more) => USUAL + more,
      ),
      ...["\ufeff", " ", "\n", "\u0000", "[", "null"].map((before) => before + USUAL),
    ]);
    expect(rows.length).toBe(bytes.length + 1 + 16);
  });

  it("of every single byte that is another", () => {
    const bytes = Buffer.from(USUAL);
    const events: Buffer[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (const byte of [0, 9, 32, 34, 44, 45, 46, 48, 57, 58, 91, 92, 93, 101, 123, 125, 128, 0xc3, 255]) {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        events.push(changed);
      }
    }
    const { rows, plain } = compare(events);
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(800);
    expect(plain).toBeLessThan(rows.length);
  });

  it("of names that come twice, are escaped, inherited or like integers", () => {
    compare([
      ...[
        "type",
        "id",
        "time",
        "shop",
        "note",
        "units",
        "page",
        "other",
        "$version",
        "$bounds",
        "__proto__",
      ].flatMap((name) => [
        `${HEAD},"${name}":1,"${name}":2}`,
        `${HEAD},"${name}":"sale","${name}":"wide"}`,
        `{"${name}":null,${ENVELOPE}}`,
        `${HEAD},"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}":"x"}`,
      ]),
      `${HEAD},"page":{"url":"a","url":"b"}}`,
      `${HEAD},"page":{"url":"a"},"page":null}`,
      `${HEAD},"page":{"u\\u0072l":"a"}}`,
      `${HEAD},"other":{"a":1,"a":[[[[[]]]]]},"other":2}`,
      `${HEAD},"other":"\\ud800","other":2}`,
      `${HEAD},"10":1,"9":2,"":3,"-1":4,"1.5":5}`,
      `${HEAD},"__proto__":{"note":"x","units":1},"constructor":{"prototype":{}},"hasOwnProperty":null}`,
      `{"__proto__":{"shop":"s"},"type":"sale","id":"1","time":0}`,
      `${HEAD},"page":{"__proto__":{"url":"x"}}}`,
      `${HEAD},"grösse":"x","gr\\u00f6ße":"y"}`,
      `${HEAD},"gro\u0308ße":"x"}`,
    ]);
  });

  it("of marks and versions", () => {
    const { rows } = compare([
      ...["1", "2", "3", "0", "-1", "2.0", "2e0", "02", '"2"', "null", "true", "[2]", "20"].flatMap(
        (version) => [`{"$version":${version},${ENVELOPE}}`, `${HEAD},"$version":${version}}`],
      ),
      ...[
        "[0,0]",
        "[1,2]",
        "[ 1,2]",
        "[1 ,2]",
        "[1,2 ]",
        "[-1,0]",
        "[0,-1]",
        "[-0,0]",
        "[1]",
        "[]",
        "[1,2,3]",
        "[1.5,2]",
        "[1.0,2]",
        "[1e3,2]",
        "[9007199254740991,0]",
        "[9007199254740992,0]",
        "null",
        "{}",
        '"x"',
        '["1",2]',
        "[01,2]",
        "[1,2",
      ].map((bounds) => `${HEAD},"$bounds":${bounds}}`),
      `${HEAD},"$trace":"x","$":1,"$x":{"a":1}}`,
      `{"$version":1,"type":"sale","id":"1","time":0,"shop":"much too long for the second"}`,
    ]);
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(12);
  });

  it("of nesting at the limit and far past it", () => {
    const nested = (depth: number, open: string, close: string): string =>
      `${open.repeat(depth)}${close.repeat(depth)}`;
    const bombs = [1, 2, DEPTH_MAX - 2, DEPTH_MAX - 1, DEPTH_MAX, DEPTH_MAX + 1, 5_000, 29_000].flatMap(
      (depth) => [
        `${HEAD},"other":${nested(depth, "[", "]")}}`,
        `${HEAD},"other":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`,
        `${HEAD},"page":{"x":${nested(depth, "[", "]")}}}`,
        `${HEAD},"page":{"deep.er":{"rank":1,"x":${nested(depth, "[", "]")}}}}`,
        `${HEAD},"other":${nested(depth, "[{}, [", "]]")}}`,
        `${HEAD},"tags":${nested(depth, "[", "]")}}`,
        "[".repeat(depth),
        `${HEAD},"other":${"[".repeat(depth)}`,
        `{"a":`.repeat(depth),
      ],
    );
    const { rows } = compare(bombs);
    expect(rows.filter((row) => !("reason" in row)).length).toBeGreaterThan(10);
  });

  it("of many fields, in any order and with any one left out", () => {
    const events = [
      wideEvent(ALL),
      wideEvent([...ALL].reverse()),
      ...ALL.map((left) => wideEvent(ALL.filter((name) => name !== left))),
      ...ALL.map((twice) => wideEvent([...ALL, twice])),
      wideEvent([...ALL, ...Array.from({ length: 500 }, (_, index) => 1_000 + index)]),
    ];
    const { rows } = compare(events);
    expect(rows.filter((row) => !("reason" in row)).length).toBe(3 + 35 + 70);
  });

  it("of sizes about the limit", () => {
    const size = 60_000 - Buffer.byteLength(`${HEAD},"other":""}`);
    const { rows } = compare([-1, 0, 1].map((more) => `${HEAD},"other":"${"x".repeat(size + more)}"}`));
    expect(rows.map((row) => ("reason" in row ? row.reason : "read"))).toEqual(["read", "read", "too_large"]);
  });
});
