import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MeasureInput } from "../../measure.js";
import { addAll } from "../../measure.contract.js";
import { createCountDistinct } from "../countDistinct.js";
import type { Registers } from "../registers.js";
import { fromDataSketches } from "./fromDataSketches.js";
import { ARRAY, EXCEPTIONS_COUNT_AT, HLL_4, LIST, modeByte, SET } from "./preamble.js";
import { toDataSketches } from "./toDataSketches.js";

/** New values in every run; a failing run's are made again by its seed. */
const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));
const DRIVER = fileURLToPath(new URL("sparkDriver.py", import.meta.url));
const ODD_TEXTS = ["é", "日本", "😀", "__proto__", "0", "a b\tc"];

interface Case {
  readonly lgK: number;
  readonly theirs: readonly (string | number)[];
  readonly ours: readonly (string | number)[];
}

interface Result {
  readonly theirs: string;
  readonly union: string;
  readonly reversed: string;
  readonly aggregate: string;
  readonly estimate: number;
  readonly unionEstimate: number;
  readonly others: readonly string[];
}

const texts = (from: number, to: number): string[] => [
  ...ODD_TEXTS.slice(0, Math.max(0, to - from)),
  ...Array.from(
    { length: Math.max(0, to - from - ODD_TEXTS.length) },
    (_, index) => `${SEED} ${from + index}`,
  ),
];
const integers = (from: number, to: number): number[] =>
  Array.from(
    { length: to - from },
    (_, index) => (from + index) * (index % 2 ? 1 : -1) * 1_000_003 + SEED * 1024,
  );

/** Few, some, many; apart, overlapping, the same; for each size. The last has ranks that HLL_4 takes for exceptions. */
const cases: readonly Case[] = [texts, integers].flatMap((make) => [
  ...[4, 7, 8, 10, 12, 14].flatMap((lgK) => [
    { lgK, theirs: make(0, 3), ours: make(2, 6) },
    { lgK, theirs: make(0, 5), ours: make(0, 5) },
    { lgK, theirs: make(0, 90), ours: make(0, 90) },
    { lgK, theirs: make(0, 90), ours: make(0, 5000) },
    { lgK, theirs: make(0, 6000), ours: make(3000, 3004) },
    { lgK, theirs: make(0, 6000), ours: make(5000, 9000) },
    { lgK, theirs: make(0, 20), ours: [] },
  ]),
  { lgK: 14, theirs: make(0, 120_000), ours: make(0, 9000) },
]);

const measureOf = (lgK: number) => createCountDistinct({ kind: "countDistinct", lgK });
const registersOf = ({ lgK }: Case, values: readonly MeasureInput[]): Registers =>
  addAll(measureOf(lgK), [...values]);
const read = (hex: string): Registers => fromDataSketches(Buffer.from(hex, "hex")).registers;

const modeOf = (hex: string): number => Buffer.from(hex, "hex")[7]! & 3;

const valueLine = (index: number, value: string | number): string =>
  JSON.stringify(typeof value === "string" ? { case: index, text: value } : { case: index, integer: value });

const runSpark = async (python: string): Promise<readonly Result[]> => {
  const directory = await mkdtemp(join(tmpdir(), "freshet-spark-"));
  try {
    const values = cases.flatMap(({ theirs }, index) => theirs.map((value) => valueLine(index, value)));
    const asked = cases.map((one, index) => ({
      case: index,
      lgK: one.lgK,
      ours: Buffer.from(toDataSketches(registersOf(one, one.ours), one.lgK)).toString("hex"),
    }));
    await writeFile(join(directory, "values.json"), values.join("\n"));
    await writeFile(join(directory, "cases.json"), JSON.stringify(asked));
    const env = { ...process.env, SPARK_LOCAL_IP: "127.0.0.1", PYSPARK_PYTHON: python };
    await promisify(execFile)(python, [DRIVER, directory], { cwd: directory, env, maxBuffer: 2 ** 26 });
    return JSON.parse(await readFile(join(directory, "results.json"), "utf8")) as Result[];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

describe(`HLL sketches to and from Spark (seed ${SEED})`, () => {
  let results: readonly Result[] = [];
  beforeAll(async () => {
    const python = process.env["FRESHET_SPARK_PYTHON"];
    if (!python) throw new Error("no Spark: run this by npm run test:engines");
    results = await runSpark(python);
  });
  afterAll(() => {
    results = [];
  });

  const each = (check: (one: Case, result: Result, name: string) => void): void => {
    expect(results.length).toBe(cases.length);
    for (const [index, one] of cases.entries()) {
      check(
        one,
        results[index]!,
        `case ${index}, lgK ${one.lgK}, ${one.theirs.length} and ${one.ours.length}`,
      );
    }
  };

  it("reads what hll_sketch_agg wrote, in every mode", () => {
    const modes = new Set<number>();
    each((one, { theirs }, name) => {
      expect(read(theirs), name).toEqual(registersOf(one, one.theirs));
      modes.add(modeOf(theirs));
    });
    expect([...modes].sort((a, b) => a - b)).toEqual([LIST, SET, ARRAY]);
  });

  it("reads the same sketches of every type, compact and updatable", () => {
    let exceptions = 0;
    each((one, { others }, name) => {
      expect(others.length).toBe(6);
      for (const other of others) {
        expect(read(other), `${name}: ${other.slice(0, 16)}`).toEqual(registersOf(one, one.theirs));
        const sketch = Buffer.from(other, "hex");
        if (sketch[7] === modeByte(ARRAY, HLL_4)) exceptions += sketch.readInt32LE(EXCEPTIONS_COUNT_AT);
      }
    });
    expect(exceptions).toBeGreaterThan(0);
  });

  it("is read by hll_union and hll_union_agg, in either order, to the registers of our own merge", () => {
    each((one, { union, reversed, aggregate }, name) => {
      const merged = registersOf(one, [...one.theirs, ...one.ours]);
      for (const made of [union, reversed, aggregate]) expect(read(made), name).toEqual(merged);
    });
  });

  it("is estimated by hll_sketch_estimate as by us, within a standard error; a value in both sketches counts once", () => {
    let unions = 0;
    each((one, { estimate, union, unionEstimate }, name) => {
      const measure = measureOf(one.lgK);
      const standardError = measure.errorBound!.bound / 2;
      const expectNear = (theirs: number, ours: number, what: string): void =>
        expect(Math.abs(theirs - ours), `${name}: ${what}, ${theirs} and ${ours}`).toBeLessThanOrEqual(
          0.5 + standardError * ours,
        );
      expectNear(estimate, measure.rank(registersOf(one, one.ours)), "ours");
      // Of a list or a set DataSketches counts the coupons, where we estimate from registers.
      if (modeOf(union) !== ARRAY) return;
      unions++;
      const merged = registersOf(one, [...one.theirs, ...one.ours]);
      expectNear(unionEstimate, measure.rank(merged), "the union");
    });
    expect(unions).toBeGreaterThan(cases.length / 2);
  });
});
