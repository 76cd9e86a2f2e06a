import type { AppDocument } from "../../app.js";
import { SLACK_BYTES, type Bytes, spaceEnd } from "./bytes.js";
import { ABSENT, type EventColumns, type EventScanner, type EventSlices, type FieldNeed } from "./columns.js";
import { type CompiledEvent, compileEvent, type ScanRuntime } from "./generate.js";
import { createInstantReader } from "./instant.js";
import { createNumberReader } from "./number.js";
import { createOrderLog, type OrderLog } from "./order.js";
import { createPlainRowReader, TOO_LARGE } from "./plainRow.js";
import { type EventPlan, planEvents } from "./plan.js";
import { columnsOf, createScanTable, type ScanTable } from "./scanTable.js";
import { textEnd } from "./text.js";
import { createTextTable } from "./textTable.js";

/** How the events scanned so far were read. */
export interface ScanCounts {
  /** Every member came where it was expected. */
  predicted: number;
  /** At least one key had to be looked up. */
  anyOrder: number;
  /** By the plain reader. */
  plain: number;
}

export interface CountingScanner extends EventScanner {
  readonly counts: Readonly<ScanCounts>;
}

/** After so many events with a key looked up, the code is made anew; of the last ones, one in `LEARN_STRIDE` is noted. */
const LEARN_AFTER = [4, 64, 1024, 16_384] as const;
const LEARN_STRIDE = [1, 1, 8, 128] as const;

const OBJECT = 123;
const QUOTE = 34;

interface EventKind {
  readonly plan: EventPlan;
  readonly log: OrderLog;
  compiled: CompiledEvent;
  generation: number;
  unexpected: number;
}

/** The compiled reader: code made for the app's schemas and for the order in which producers were seen to write. */
export const createCompiledScanner = (app: AppDocument, needs: readonly FieldNeed[]): CountingScanner => {
  const columnOf = columnsOf(needs);
  const distinct = needs.filter((_, index) => columnOf.indexOf(columnOf[index] as number) === index);
  const plans = planEvents(app, distinct);
  const { eventBytesMax, maxLateMs, maxAheadMs } = app.settings;
  const typeNames = createTextTable(app.events.map(({ name }) => name));
  const readPlain = createPlainRowReader(app, distinct);
  const lookups = new Int32Array(1);
  const counts: ScanCounts = { predicted: 0, anyOrder: 0, plain: 0 };
  let table = createScanTable(0, columnOf);
  let slices: EventSlices = NO_EVENTS;
  let memory: Uint8Array = NO_EVENTS.bytes;
  let bytes: Bytes = memory;
  let words = new DataView(bytes.buffer);
  let lastType = 0;

  const runtime: ScanRuntime = {
    instants: createInstantReader(),
    numbers: createNumberReader(),
    lookups,
    otherType: (from, view, at, end) => {
      const quote = from[at] === QUOTE ? textEnd(from, view, at + 1, end) : -1;
      const type = quote < 0 ? -1 : typeNames.find(from, view, at + 1, quote);
      return type < 0 ? -1 : -2 - type;
    },
    unescaped: (from, start, end) =>
      JSON.parse(Buffer.from(from.buffer, from.byteOffset + start, end - start).toString()) as string,
    append: (text) => {
      const start = slices.append(text);
      return slices.bytes === memory ? start : -1;
    },
    appendedThrough: () => slices.appendedThrough,
  };
  const kinds = plans.map((plan): EventKind => {
    const log = createOrderLog(plan);
    const compiled = compileEvent(plan, log, runtime);
    compiled.bind(table);
    return { plan, log, compiled, generation: 0, unexpected: 0 };
  });

  const learn = (kind: EventKind, start: number, end: number): void => {
    const after = LEARN_AFTER[kind.generation];
    if (after === undefined) return;
    if (++kind.unexpected % (LEARN_STRIDE[kind.generation] as number) === 0)
      kind.log.note(bytes, words, start, end);
    if (kind.unexpected < after) return;
    kind.generation++;
    kind.unexpected = 0;
    kind.compiled = compileEvent(kind.plan, kind.log, runtime);
    kind.compiled.bind(table);
  };

  /** Where the memory's views must be made anew. */
  const follow = (): void => {
    memory = slices.bytes;
    bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.length);
    words = new DataView(memory.buffer, memory.byteOffset, memory.length);
  };

  const readFast = (start: number, end: number, row: number): boolean => {
    if (bytes[start] !== OBJECT || end + SLACK_BYTES > bytes.length) return false;
    let type = lastType;
    let before = lookups[0] as number;
    let kind = kinds[type];
    if (kind === undefined) return false;
    let through = kind.compiled.read(bytes, words, start + 1, end, row);
    if (through < -1) {
      clear(row, kind, table);
      type = -2 - through;
      kind = kinds[type] as EventKind;
      before = lookups[0] as number;
      through = kind.compiled.read(bytes, words, start + 1, end, row);
    }
    lastType = type;
    if (through < 0 || (through !== end && spaceEnd(bytes, through, end) !== end)) return false;
    table.types[row] = type;
    if (lookups[0] === before) counts.predicted++;
    else {
      counts.anyOrder++;
      learn(kind, start + 1, end);
    }
    return true;
  };

  const clear = (row: number, { plan }: EventKind, { columns, lateMs, aheadMs }: ScanTable): void => {
    for (const need of plan.needs) columns[need]?.kinds.fill(ABSENT, row, row + 1);
    lateMs[row] = maxLateMs;
    aheadMs[row] = maxAheadMs;
  };

  const scan = (given: EventSlices): EventColumns => {
    slices = given;
    const { count } = given;
    if (count > table.reasons.length) {
      table = createScanTable(count * 2, columnOf);
      for (const { compiled } of kinds) compiled.bind(table);
    }
    table.count = count;
    table.reasons.fill(0, 0, count);
    table.lateMs.fill(maxLateMs, 0, count);
    table.aheadMs.fill(maxAheadMs, 0, count);
    for (const { kinds: fieldKinds } of table.columns) fieldKinds.fill(ABSENT, 0, count);
    const { starts, ends, oversize } = given;
    const hasOversize = oversize.size > 0;
    for (let row = 0; row < count; row++) {
      if (given.bytes !== memory) follow();
      const start = starts[row] as number;
      const end = ends[row] as number;
      if (end - start > eventBytesMax || (hasOversize && oversize.has(row))) table.reasons[row] = TOO_LARGE;
      else if (!readFast(start, end, row)) {
        counts.plain++;
        readPlain(given, row, table);
      }
    }
    return table;
  };
  return { scan, counts };
};

const NO_EVENTS: EventSlices = {
  bytes: new Uint8Array(0),
  starts: new Int32Array(0),
  ends: new Int32Array(0),
  count: 0,
  oversize: new Map(),
  append: () => 0,
  appendedThrough: 0,
};
