import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvFields, csvRowEnd } from "./csv.js";
import { formatOf } from "./format.js";
import { createRowReader, type DecodedRow } from "./rowReader.js";
import { createRowSplitter, type FindRowEnd, findLineEnd, type Row } from "./rowSplitter.js";

const SEED = 4711;

/** The same input in chunks that end anywhere. */
const cut = (input: Buffer, lengths: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < input.length; index++) {
    const length =
      lengths.length === 0 ? input.length : Math.max(1, lengths[index % lengths.length] as number);
    chunks.push(input.subarray(at, at + length));
    at += length;
  }
  return chunks;
};

const split = (find: FindRowEnd, rowBytesMax: number, chunks: readonly Buffer[]): string[] => {
  const splitter = createRowSplitter(find, rowBytesMax);
  const rows = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
  const show = (row: Row): string =>
    row.kind === "oversize"
      ? `oversize ${row.length} ${row.head.toString("latin1")}`
      : `${row.kind} ${row.bytes.toString("latin1")}`;
  return rows.map(show);
};

const anyText = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "é", "x"), maxLength: 40 });
const anyCut = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe("rows", () => {
  it("are the same however the input is cut into chunks, well-formed or not, too long or not", () => {
    const kinds = new Map<string, number>();
    const finds = [findLineEnd, csvRowEnd(",")];
    fc.assert(
      fc.property(
        anyText,
        anyCut,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...finds),
        (text, lengths, rowBytesMax, find) => {
          const input = Buffer.from(text);
          const whole = split(find, rowBytesMax, [input]);
          for (const row of whole)
            kinds.set(row.split(" ")[0] as string, (kinds.get(row.split(" ")[0] as string) ?? 0) + 1);
          expect(split(find, rowBytesMax, cut(input, lengths))).toEqual(whole);
        },
      ),
      { numRuns: 3000, seed: SEED },
    );
    for (const kind of ["row", "broken", "oversize"]) expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(100);
  });

  it("hold every byte but line breaks, once, in order", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const splitter = createRowSplitter(csvRowEnd(","), 1000);
        const rows = [...splitter.push(Buffer.from(text)), ...splitter.end()];
        const bare = (value: string): string => value.replaceAll(/[\r\n]/g, "");
        expect(bare(rows.map((row) => (row.kind === "oversize" ? "" : row.bytes.toString())).join(""))).toBe(
          bare(text),
        );
      }),
      { numRuns: 1000, seed: SEED },
    );
  });

  it("give up a quote that is never closed, and go on with the next line", () => {
    const input = Buffer.from('a,b\n"never closed,1\nc,d\n"e\nf",g\n');
    expect(split(csvRowEnd(","), 10_000, [input])).toEqual([
      "row a,b",
      'broken "never closed,1',
      "row c,d",
      'row "e\nf",g',
    ]);
    const far = Buffer.from(`a\n"${"b\n".repeat(50)}`);
    expect(split(csvRowEnd(","), 20, [far])).toEqual(["row a", 'broken "b', ...Array(49).fill("row b")]);
  });

  it("pass over a line that is too long without holding it", () => {
    const splitter = createRowSplitter(findLineEnd, 5000);
    expect(splitter.push(Buffer.from("first\n"))).toHaveLength(1);
    for (let index = 0; index < 1000; index++) expect(splitter.push(Buffer.alloc(10_000, "x"))).toEqual([]);
    const [long, next] = splitter.push(Buffer.from("xx\nnext\n")) as [Row, Row];
    expect(long).toMatchObject({ kind: "oversize", length: 10_000_002 });
    expect(long.kind === "oversize" && long.head.length).toBeLessThanOrEqual(1024);
    expect(next).toMatchObject({ kind: "row", bytes: Buffer.from("next") });
  });
});

describe("CSV", () => {
  const read = (text: string, delimiter = ","): (Record<string, string> | string)[] => {
    const reader = createRowReader({ kind: "csv", delimiter });
    const rows = [...reader.push(Buffer.from(text)), ...reader.end()].map((row) => reader.decode(row));
    return rows.map((row: DecodedRow) =>
      row.kind === "row" ? (row.row as Record<string, string>) : row.kind,
    );
  };

  it("reads back what a CSV writer wrote, whatever the fields hold", () => {
    const field = fc.string({ unit: fc.constantFrom("a", " ", '"', ";", "\n", "\r\n", "ü", "💧", "0") });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    let quoted = 0;
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, lineBreak, always) => {
        const write = (value: string): string => {
          if (!always && !/[";\n\r]/.test(value)) return value;
          quoted++;
          return `"${value.replaceAll('"', '""')}"`;
        };
        const names = (rows[0] as string[]).map((_, index) => `c${index}`);
        const text = [names, ...rows].map((row) => row.map(write).join(";")).join(lineBreak);
        expect(read(text, ";")).toEqual(
          rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value]))),
        );
      }),
      { numRuns: 1000, seed: SEED },
    );
    expect(quoted).toBeGreaterThan(1000);
  });

  it("keeps a quote inside an unquoted field, and blanks", () => {
    expect(read('size,name\n5" pipe, "x" \n')).toEqual([{ size: '5" pipe', name: ' "x" ' }]);
  });

  it("names rows that are none: too few fields, too many, a stray quote, no UTF-8", () => {
    expect(read('a,b\n1\n1,2,3\n"1"x,2\n1,2\n"1')).toEqual([
      "malformed",
      "malformed",
      "malformed",
      { a: "1", b: "2" },
      "malformed",
    ]);
    const reader = createRowReader({ kind: "csv", delimiter: "," });
    const rows = [...reader.push(Buffer.from("a,b\n\xff,2\n", "latin1")), ...reader.end()];
    expect(rows.map((row) => reader.decode(row).kind)).toEqual(["malformed"]);
  });

  it("refuses a header that names no columns, or one twice", () => {
    for (const header of ["a,a", "a,,b", "a,__proto__", '"a']) {
      expect(() => read(`${header}\n1,2\n`), header).toThrow(/header/);
    }
  });

  it("splits fields as a plain split does where there is no quote", () => {
    expect(csvFields(",a,", ",")).toEqual(["", "a", ""]);
    expect(csvFields('"",a,""', ",")).toEqual(["", "a", ""]);
  });
});

describe("NDJSON", () => {
  it("names lines that are no objects", () => {
    const reader = createRowReader({ kind: "ndjson" });
    const text = '{"a":1}\n\n[1]\nnull\n5\n{"a":\n{"b":"\\u00e9"}';
    const rows = [...reader.push(Buffer.from(text)), ...reader.end()].map((row) => reader.decode(row));
    expect(rows.map((row) => (row.kind === "row" ? row.row : row.kind))).toEqual([
      { a: 1 },
      "malformed",
      "malformed",
      "malformed",
      "malformed",
      { b: "é" },
    ]);
    const broken = createRowReader({ kind: "ndjson" });
    expect(
      broken.push(Buffer.from('{"a":"\xff"}\n', "latin1")).map((row) => broken.decode(row).kind),
    ).toEqual(["malformed"]);
  });
});

describe("a file's format", () => {
  it.each([
    ["x.csv.gz", "{", null, { kind: "csv", delimiter: "," }],
    ["x.TSV", "", null, { kind: "csv", delimiter: "\t" }],
    ["x.ndjson.zst", "a,b", null, { kind: "ndjson" }],
    ["x.csv", "", "ndjson", { kind: "ndjson" }],
    ["x.tsv", "", "csv", { kind: "csv", delimiter: "\t" }],
    ["standard input", '\ufeff \n{"a":1}', null, { kind: "ndjson" }],
    ["x.json", '{"a":1}', null, { kind: "ndjson" }],
    ["standard input", "a,b\n", null, { kind: "csv", delimiter: "," }],
  ] as const)("of %s that begins with %j (asked: %s) is %j", (name, head, asked, expected) => {
    expect(formatOf(name, Buffer.from(head), asked)).toEqual(expected);
  });

  it("is not guessed of what is no stream of rows", () => {
    expect(() => formatOf("x.json", Buffer.from(" [{}]"), null)).toThrow("x.json is one JSON array");
    expect(() => formatOf("x.csv", Buffer.from([0xff, 0xfe, 0x61, 0]), null)).toThrow("x.csv is UTF-16");
  });
});
