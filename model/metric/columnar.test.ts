import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { DefinitionError } from "../definitionError.js";
import type { ReadEvent } from "../event/outcome.js";
import { createEventReader } from "../event/reader.js";
import {
  ABSENT,
  type EventSlices,
  FALSE,
  type FieldColumn,
  NUMBER,
  TEXT,
  TRUE,
} from "../event/scan/columns.js";
import { lookup } from "../lookup.js";
import { t } from "../event/t.js";
import * as f from "./build.js";
import { factsOf } from "./check.js";
import { compileColumn } from "./columnar.js";
import type { Expression, FunctionName } from "./expression.js";
import {
  buildExpression,
  hostile,
  hostileEvent,
  hostileFields as e,
  hostileSchema,
  text,
} from "./fixtures/arbitrary.js";
import { FUNCTIONS } from "./functions/index.js";
import { compileExpression, type Value } from "./javascript.js";
import { toExpression } from "./operand.js";
import { Texts } from "./texts.js";
import { nodesOf } from "./walk.js";

const SEED = 20261122;
const EVENTS = 300;
const EXPRESSIONS = 1500;
const UNTOUCHED = 99;
const LOOKUP = (name: string, key: string): string | null =>
  key.length % 3 === 0 ? null : `${name} é ${key}!`;

const reader = createEventReader(toAppDocument(defineApp({ events: [hostile], metrics: [] })));
const readAll = (): readonly ReadEvent[] =>
  fc.sample(hostileEvent, { numRuns: EVENTS, seed: SEED }).map((event) => {
    const outcome = reader.read(Buffer.from(JSON.stringify(event)));
    if (outcome.kind === "rejected") throw new Error(`${outcome.detail} (seed ${SEED})`);
    return outcome;
  });

/** Texts behind one another; its bytes are replaced as it grows, as those of a batch are. */
const createSlices = (): EventSlices => {
  let bytes = Buffer.alloc(64);
  let used = 0;
  return {
    get bytes() {
      return bytes;
    },
    get appendedThrough() {
      return used;
    },
    starts: new Int32Array(0),
    ends: new Int32Array(0),
    count: 0,
    oversize: new Map(),
    append(added) {
      const start = used;
      used += Buffer.byteLength(added);
      if (used > bytes.length) bytes = Buffer.concat([bytes], used * 2);
      bytes.write(added, start);
      return start;
    },
  };
};

const emptyColumn = (): FieldColumn => ({
  kinds: new Uint8Array(EVENTS).fill(UNTOUCHED),
  starts: new Int32Array(EVENTS),
  ends: new Int32Array(EVENTS),
  numbers: new Float64Array(EVENTS),
});

const write = (column: FieldColumn, index: number, value: Value, slices: EventSlices): void => {
  if (typeof value === "string") {
    column.kinds[index] = TEXT;
    column.starts[index] = slices.append(value);
    column.ends[index] = slices.appendedThrough;
  } else if (typeof value === "number") {
    column.kinds[index] = NUMBER;
    column.numbers[index] = value;
  } else column.kinds[index] = value === null ? ABSENT : value ? TRUE : FALSE;
};

const read = ({ kinds, starts, ends, numbers }: FieldColumn, index: number, slices: EventSlices): Value => {
  switch (kinds[index]) {
    case TEXT:
      return Buffer.from(slices.bytes.slice(starts[index], ends[index])).toString("utf8");
    case NUMBER:
      return numbers[index]!;
    case TRUE:
    case FALSE:
      return kinds[index] === TRUE;
    case ABSENT:
      return null;
    default:
      throw new Error("was not written");
  }
};

const fieldColumn = (path: readonly string[], events: readonly ReadEvent[], slices: EventSlices) => {
  const valueOf = compileExpression({ kind: "field", type: "string", path });
  const column = emptyColumn();
  for (const [index, event] of events.entries()) write(column, index, valueOf(event, LOOKUP), slices);
  return column;
};

/** By event; undefined for those that were not selected. */
const evaluate = (expression: Expression, events: readonly ReadEvent[], selected: readonly boolean[]) => {
  const slices = createSlices();
  const compiled = compileColumn(expression);
  const fields = compiled.reads.map((path) => fieldColumn(path, events, slices));
  const out = emptyColumn();
  const rows = Int32Array.from(events.keys()).filter((index) => selected[index]);
  compiled.run(slices, fields, { rows, count: rows.length }, LOOKUP, out);
  return events.map((_, index) => {
    if (selected[index]) return read(out, index, slices);
    expect(out.kinds[index]).toBe(UNTOUCHED);
    return undefined;
  });
};

const expectSame = (expression: Expression, events: readonly ReadEvent[]): readonly Value[] => {
  const selected = events.map((_, index) => index % 7 !== 3);
  const values = evaluate(expression, events, selected);
  const valueOf = compileExpression(expression);
  for (const [index, event] of events.entries()) {
    if (!selected[index]) continue;
    const expected = valueOf(event, LOOKUP);
    if (!Object.is(values[index], expected)) {
      const found = `${JSON.stringify(values[index])} by column, ${JSON.stringify(expected)} by row`;
      expect.fail(`${found}: ${JSON.stringify(expression)} of ${event.body()} (seed ${SEED})`);
    }
  }
  return values.filter((value) => value !== undefined);
};

const acceptedExpressions = (): readonly Expression[] =>
  fc
    .sample(
      fc.record({
        type: fc.constantFrom("string", "integer", "boolean", "number", "instant" as const),
        depth: fc.integer({ min: 1, max: 4 }),
        draws: fc.array(fc.nat(), { minLength: 20, maxLength: 60 }),
        texts: fc.array(text, { minLength: 3, maxLength: 6 }),
      }),
      { numRuns: EXPRESSIONS, seed: SEED },
    )
    .flatMap(({ type, depth, draws, texts }) => {
      const expression = buildExpression(type, depth, draws, texts);
      if (expression === null) return [];
      try {
        factsOf(expression, hostileSchema);
        return [expression];
      } catch (error) {
        if (error instanceof DefinitionError) return [];
        throw error;
      }
    });

const sites = lookup("sites", { key: t.string(), value: t.string() });

describe("an expression over columns", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it(`has the same values as over rows, whatever the events (seed ${SEED})`, () => {
    const events = readAll();
    const used = new Set<FunctionName>();
    const values = new Map<string, number>();
    const expressions = acceptedExpressions();
    for (const expression of expressions) {
      for (const value of expectSame(expression, events)) {
        const kind = value === null ? "null" : typeof value;
        values.set(kind, (values.get(kind) ?? 0) + 1);
      }
      for (const node of nodesOf(expression)) if (node.kind === "call") used.add(node.name);
    }
    expect([...used].sort()).toEqual(Object.keys(FUNCTIONS).sort());
    expect(expressions.length).toBeGreaterThan(EXPRESSIONS / 2);
    for (const kind of ["null", "string", "number", "boolean"])
      expect(values.get(kind)).toBeGreaterThan(10_000);
  });

  it("looks texts up, and texts that were looked up", () => {
    const events = readAll();
    const twice = sites.of(f.lowerAscii(sites.of(e.note)));
    const values = expectSame(toExpression(f.concat(twice, "|", e.kind)), events);
    expect(new Set(values.map((value) => typeof value))).toEqual(new Set(["string", "object"]));
    expectSame(
      toExpression(f.and(f.eq(sites.of("push"), sites.of(e.kind)), f.startsWith(twice, "sites"))),
      events,
    );
  });

  it("takes a literal alone", () => {
    const events = readAll();
    for (const literal of ["", "é\0", 5, true, false]) expectSame(toExpression(literal), events);
    expectSame({ kind: "literal", type: "string", value: null }, events);
  });

  it("makes no strings where every function has a form over bytes", () => {
    const events = readAll();
    const strings = vi.spyOn(Texts.prototype, "string");
    const overBytes = [
      f.or(f.eq(e.kind, "push"), f.ne(e.text, e.other), f.oneOf(e.note, ["", "a", "é"])),
      f.and(f.lt(e.text, "b"), f.gte(e.other, e.text), f.not(f.isNull(e.page.url))),
      f.or(f.startsWith(e.text, "a"), f.endsWith(e.text, e.other), f.contains(e.text, ",")),
      f.trim(f.coalesce(e.note, f.iff(e.yes, e.text, e.other))),
      f.add(f.length(f.substring(e.text, 2, 3)), f.length(f.splitPart(e.text, ",", 2))),
      f.truncateTime(e.time, "1h"),
      f.greatest(e.price, f.modulo(e.any, 7)),
    ];
    for (const expression of overBytes) expectSame(toExpression(expression), events);
    expect(strings).not.toHaveBeenCalled();
    expectSame(toExpression(f.concat(e.text, "!")), events);
    expect(strings).toHaveBeenCalled();
  });
});
