import { type ByteReader, createByteReader, createByteWriter } from "../bytes.js";
import type { EpochMs, GroupKey } from "../brand.js";
import type { Measure } from "../measure/measure.js";
import type { Group, Increment, MetricIncrement } from "./increment.js";

/*
 * Body: version byte, varint number of metrics, then a directory entry and a section for each, by definition hash.
 *   directory  16 bytes of hash, flags (1 = overflow), varint length of the section
 *   section    varint number of groups; panes (zigzag, each less the one before); keys (varint shared with the key
 *              before, varint rest, bytes); then for each measure its states, in the order of the groups
 * Nothing in it depends on who wrote it: equal increments have equal bytes.
 */
const VERSION = 1;
const OVERFLOW = 1;
const HASH_BYTES = 16;

/** The measures of a definition by its hash, or null for one that the reader does not know. */
export type MeasuresOf = (definition: string) => readonly Measure[] | null;

const sharedPrefix = (a: string, b: string): number => {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
};

const encodeSection = (groups: readonly Group[], measures: readonly Measure[]): Uint8Array => {
  const out = createByteWriter(1024);
  out.varint(groups.length);
  let pane = 0;
  for (const group of groups) {
    out.zigzag(group.paneMs - pane);
    pane = group.paneMs;
  }
  let before = "";
  for (const { key } of groups) {
    const shared = sharedPrefix(before, key);
    out.varint(shared);
    out.varint(key.length - shared);
    out.latin1(key.slice(shared));
    before = key;
  }
  measures.forEach((measure, index) => {
    for (const group of groups) measure.encode(group.states[index], out);
  });
  return out.finish();
};

/** Groups must be sorted by pane, then key, and metrics by definition. @throws Error for a definition without measures. */
export const encodeIncrement = (increment: Increment, measuresOf: MeasuresOf): Uint8Array => {
  const out = createByteWriter(4096);
  out.byte(VERSION);
  out.varint(increment.metrics.length);
  const sections = increment.metrics.map((metric) => {
    const measures = measuresOf(metric.definition);
    if (!measures) throw new Error(`no measures for definition ${metric.definition}`);
    const section = encodeSection(metric.groups, measures);
    out.bytes(Buffer.from(metric.definition, "hex"));
    out.byte(metric.overflow ? OVERFLOW : 0);
    out.varint(section.length);
    return section;
  });
  for (const section of sections) out.bytes(section);
  return out.finish();
};

/** What is to be decoded of a metric: every state of the groups that are held, and of the others some measures' alone. */
export interface WantedStates {
  readonly measures: readonly Measure[];
  readonly holds: (paneMs: EpochMs, key: GroupKey) => boolean;
  /** Indices of the measures whose states are wanted of every group. */
  readonly ofAll: ReadonlySet<number>;
}

/** A metric's groups in an increment by column, sorted by pane, then by key bytes. */
export interface GroupColumns {
  readonly definition: string;
  readonly overflow: boolean;
  readonly panes: readonly EpochMs[];
  readonly keys: readonly GroupKey[];
  readonly held: readonly boolean[];
  /** By measure, then by group; undefined where it was not wanted. */
  readonly states: readonly (readonly unknown[])[];
}

/** States that are decoded, or keys, between two steps. */
const VALUES_A_STEP = 256;

function* sectionSteps(
  from: ByteReader,
  { measures, holds, ofAll }: WantedStates,
): Generator<void, Omit<GroupColumns, "definition" | "overflow">> {
  const count = from.varint();
  if (count > from.remaining) throw new RangeError("increment body: more groups than bytes");
  const panes: EpochMs[] = [];
  let pane = 0;
  for (let index = 0; index < count; index++) {
    pane += from.zigzag();
    panes.push(pane as EpochMs);
  }
  const keys: GroupKey[] = [];
  let before = "";
  for (let index = 0; index < count; index++) {
    const shared = from.varint();
    before = before.slice(0, shared) + from.latin1(from.varint());
    keys.push(before as GroupKey);
    if (index % VALUES_A_STEP === 0) yield;
  }
  const held = panes.map((paneMs, index) => holds(paneMs, keys[index] as GroupKey));
  const states: unknown[][] = [];
  for (const [place, measure] of measures.entries()) {
    const all = ofAll.has(place);
    const column: unknown[] = [];
    for (let index = 0; index < count; index++) {
      if (all || held[index]) column.push(measure.decode(from));
      else {
        measure.skip(from);
        column.push(undefined);
      }
      if (index % VALUES_A_STEP === 0) yield;
    }
    states.push(column);
  }
  return { panes, keys, held, states };
}

function* columnsSteps(
  body: Uint8Array,
  wantedOf: (definition: string) => WantedStates | null,
): Generator<void, readonly GroupColumns[]> {
  const from = createByteReader(body);
  const version = from.byte();
  if (version !== VERSION) throw new RangeError(`increment body of version ${version}, not ${VERSION}`);
  const count = from.varint();
  if (count > from.remaining) throw new RangeError("increment body: more metrics than bytes");
  const directory: { definition: string; overflow: boolean; length: number }[] = [];
  for (let index = 0; index < count; index++) {
    directory.push({
      definition: Buffer.from(from.bytes(HASH_BYTES)).toString("hex"),
      overflow: (from.byte() & OVERFLOW) !== 0,
      length: from.varint(),
    });
  }
  const metrics: GroupColumns[] = [];
  for (const { definition, overflow, length } of directory) {
    const section = createByteReader(from.bytes(length));
    const wanted = wantedOf(definition);
    if (!wanted) continue;
    metrics.push({ definition, overflow, ...(yield* sectionSteps(section, wanted)) });
    if (section.remaining > 0) throw new RangeError("increment body: bytes left over in a section");
  }
  if (from.remaining > 0) throw new RangeError("increment body: bytes left over");
  return metrics;
}

const allOf = <Result>(steps: Generator<void, Result>): Result => {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
};

/**
 * Metrics of which nothing is wanted (null) are skipped.
 * @throws RangeError for another version, or a corrupt body; states that are not wanted are not checked.
 */
export const decodeColumns = (
  body: Uint8Array,
  wantedOf: (definition: string) => WantedStates | null,
): readonly GroupColumns[] => allOf(columnsSteps(body, wantedOf));

const NONE: ReadonlySet<number> = new Set();
const EVERY = (): boolean => true;

const groupsOf = ({ panes, keys, states }: GroupColumns): Group[] =>
  panes.map((paneMs, index) => ({
    paneMs,
    key: keys[index] as GroupKey,
    states: states.map((column) => column[index]),
  }));

/** `decodeIncrement` in steps of a fraction of a millisecond, for whoever has other things to do. */
export function* incrementSteps(body: Uint8Array, measuresOf: MeasuresOf): Generator<void, Increment> {
  const columns = yield* columnsSteps(body, (definition) => {
    const measures = measuresOf(definition);
    return measures && { measures, holds: EVERY, ofAll: NONE };
  });
  const metrics: MetricIncrement[] = [];
  for (const metric of columns) {
    yield;
    metrics.push({ definition: metric.definition, overflow: metric.overflow, groups: groupsOf(metric) });
  }
  return { metrics };
}

/** Metrics that the reader does not know are skipped. @throws RangeError for a corrupt body or another version. */
export const decodeIncrement = (body: Uint8Array, measuresOf: MeasuresOf): Increment =>
  allOf(incrementSteps(body, measuresOf));
