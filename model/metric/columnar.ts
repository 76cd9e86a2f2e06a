import {
  type EventSlices,
  FALSE,
  type FieldColumn,
  NUMBER,
  TEXT,
  TRUE,
  ABSENT,
} from "../event/scan/columns.js";
import { createEmitter, type Target } from "./emitter.js";
import type { Expression, ValueType } from "./expression.js";
import type { LookupReader } from "./javascript.js";
import * as runtime from "./runtime.js";
import { Texts } from "./texts.js";
import { fieldsRead } from "./walk.js";

/** An expression over columns: the same values as `compileExpression` over rows. */
export interface ColumnExpression {
  /** The paths of the fields that it reads, in which order `run` takes them; `["id"]` and `["time"]` too. */
  readonly reads: readonly (readonly string[])[];
  /** Fills `out` for the selected events. Texts that it makes are appended to the slices. */
  run(
    slices: EventSlices,
    fields: readonly FieldColumn[],
    selection: Selection,
    lookup: LookupReader,
    out: FieldColumn,
  ): void;
}

/** Some events of a run: the first `count` of `rows` are their indexes. */
export interface Selection {
  readonly rows: Int32Array;
  readonly count: number;
}

const isText = (node: Expression | undefined): boolean => node?.type === "string";

/** Variables of text hold slots of `t`. Whatever text code is without a form over bytes gets strings, node by node. */
const createTarget = (reads: readonly (readonly string[])[]) => {
  const literals = new Map<string, number>();
  let slots = 0;
  const slotOf = (arg: string, node: Expression | undefined): string => {
    if (node?.kind !== "literal" || typeof node.value !== "string") return arg;
    const slot = literals.get(node.value) ?? slots++;
    literals.set(node.value, slot);
    return String(slot);
  };
  const target: Target = {
    field({ path, type }) {
      const field = reads.findIndex((read) => read.join("\n") === path.join("\n"));
      if (type === "string")
        return `kinds${field}[i] === ${TEXT} ? t.set(${slots++}, starts${field}[i], ends${field}[i]) : null`;
      if (type === "boolean")
        return `kinds${field}[i] === ${TRUE} ? true : kinds${field}[i] === ${FALSE} ? false : null`;
      return `kinds${field}[i] === ${NUMBER} ? numbers${field}[i] : null`;
    },
    lookup: ({ lookup, key: node }, key) =>
      `t.put(lookup(${JSON.stringify(lookup)}, ${stringOf(key, node)}), ${slots++})`,
    call(rule, args, { type, args: nodes }) {
      if (type !== "string" && !nodes.some(isText)) return rule.js(args, nodes);
      if (rule.bytes) {
        const slotted = args.map((arg, index) => slotOf(arg, nodes[index]));
        return rule.bytes(slotted, slots++);
      }
      const code = rule.js(
        args.map((arg, index) => stringOf(arg, nodes[index])),
        nodes,
      );
      return type === "string" ? `t.put(${code}, ${slots++})` : code;
    },
  };
  return { target, literals, slotOf, slotCount: () => slots };
};

const stringOf = (arg: string, node: Expression | undefined): string =>
  isText(node) && node?.kind !== "literal" ? `t.string(${arg})` : arg;

const storing = (type: ValueType, value: string): string => {
  switch (type) {
    case "string":
      return `if (${value} === null) kinds[i] = ${ABSENT};
        else { kinds[i] = ${TEXT}; starts[i] = t.starts[${value}]; ends[i] = t.ends[${value}]; }`;
    case "boolean":
      return `kinds[i] = ${value} === null ? ${ABSENT} : ${value} ? ${TRUE} : ${FALSE};`;
    case "integer":
    case "number":
    case "instant":
      return `if (${value} === null) kinds[i] = ${ABSENT}; else { kinds[i] = ${NUMBER}; numbers[i] = ${value}; }`;
  }
};

type Loop = (
  t: Texts,
  fields: readonly FieldColumn[],
  selection: Selection,
  lookup: LookupReader,
  out: FieldColumn,
) => void;

export const compileColumn = (expression: Expression): ColumnExpression => {
  const reads = fieldsRead([expression]);
  const { target, literals, slotOf, slotCount } = createTarget(reads);
  const emitter = createEmitter(target);
  const value = slotOf(emitter.value(expression), expression);
  const bound = reads.map(
    (_, field) =>
      `const { kinds: kinds${field}, starts: starts${field}, ends: ends${field}, numbers: numbers${field} } = fields[${field}];`,
  );
  const source = `"use strict";
return (t, fields, { rows, count }, lookup, { kinds, starts, ends, numbers }) => {
  ${bound.join("\n  ")}
  for (let at = 0; at < count; at++) {
    const i = rows[at];
    ${emitter.lines.join("\n    ")}
    ${storing(expression.type, value)}
  }
};`;
  // what users name and write enters the text by JSON.stringify alone
  // oxlint-disable-next-line typescript/no-implied-eval
  const loop = new Function("r", source)(runtime) as Loop;
  const texts = new Texts(slotCount());
  return {
    reads,
    run(slices, fields, selection, lookup, out) {
      if (selection.count === 0) return;
      texts.over(slices);
      for (const [text, slot] of literals) texts.put(text, slot);
      loop(texts, fields, selection, lookup, out);
    },
  };
};
