import { codePointCount } from "../../metric/runtime.js";
import { type Bytes, spaceEnd } from "./bytes.js";
import type { InstantReader } from "./instant.js";
import type { NumberReader } from "./number.js";
import { arrayCode, objectCode } from "./objectCode.js";
import type { OrderLog } from "./order.js";
import type { EventPlan } from "./plan.js";
import { valueEnd } from "./skip.js";
import type { ScanTable } from "./scanTable.js";
import { codePointsOf, textEnd } from "./text.js";
import { createTextTable, type TextTable } from "./textTable.js";
import type { CodeContext } from "./codeTerms.js";

/** What generated code shares with its scanner. */
export interface ScanRuntime {
  readonly instants: InstantReader;
  readonly numbers: NumberReader;
  /** Counts the keys that did not come where they were expected. */
  readonly lookups: Int32Array;
  /** -2 - the index of the event type whose name is here; -1 where there is none. */
  otherType(bytes: Bytes, words: DataView, at: number, end: number): number;
  /** The JSON text from its quote to behind the closing one. */
  unescaped(bytes: Bytes, start: number, end: number): string;
  /** -1 where the bytes have moved: views of them are old. */
  append(text: string): number;
  appendedThrough(): number;
}

/**
 * Reads one event into the table's row: where it ends. -1: the plain reader must tell. Less: it is of the type `-2 - result`.
 * It accepts only what the plain reader accepts.
 */
export type ReadRow = (bytes: Bytes, words: DataView, start: number, end: number, row: number) => number;

export interface CompiledEvent {
  /** From behind the brace. */
  readonly read: ReadRow;
  /** To be called when the table has grown. */
  bind(table: ScanTable): void;
}

/** Compiles a reader of one event type that expects its members in the order that the log has seen. */
export const compileEvent = (plan: EventPlan, log: OrderLog, runtime: ScanRuntime): CompiledEvent => {
  const enums: TextTable[] = [];
  const context: CodeContext = {
    typeName: plan.name,
    version: plan.version,
    enumIndex: (texts) => enums.push(createTextTable(texts)) - 1,
  };
  const functions = [
    ...plan.arrays.map((array) => arrayCode(array, context)),
    ...log.orders().map((order) => objectCode(order, context)),
  ];
  const columns = plan.needs.map((_, column) => column);
  const code = `"use strict";
const { text, space, value, codePoints, codePointCount, lookups, otherType, unescaped, append, appendedThrough,
  instant, instantValue, number, numberValue, enums } = r;
let T, L, A, IS, IE${columns.map((column) => `, K${column}, S${column}, E${column}, N${column}`).join("")};
${functions.join("\n")}
return {
  read: read${plan.root.index},
  bind: (t) => {
    T = t.timesMs; L = t.lateMs; A = t.aheadMs; IS = t.idStarts; IE = t.idEnds;
    ${plan.needs
      .map((need, column) =>
        ["kinds", "starts", "ends", "numbers"]
          .map((part, index) => `${"KSEN"[index]}${column} = t.columns[${need}].${part};`)
          .join(" "),
      )
      .join("\n")}
  },
};
//# sourceURL=freshet-scan-${plan.index}`;
  // what users name enters the text as bytes in decimal alone
  // oxlint-disable-next-line typescript/no-implied-eval
  return new Function("r", code)({
    text: textEnd,
    space: spaceEnd,
    value: valueEnd,
    codePoints: codePointsOf,
    codePointCount,
    lookups: runtime.lookups,
    otherType: runtime.otherType,
    unescaped: runtime.unescaped,
    append: runtime.append,
    appendedThrough: runtime.appendedThrough,
    instant: runtime.instants.read,
    instantValue: runtime.instants.value,
    number: runtime.numbers.read,
    numberValue: runtime.numbers.value,
    enums,
  }) as CompiledEvent;
};
