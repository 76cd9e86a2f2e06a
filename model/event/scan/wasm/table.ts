import type { EventPlan, MemberPlan, ObjectPlan, ValuePlan } from "../plan.js";
import { identitySeed } from "../../../measure/hash/fingerprint.js";
import { utf8Of } from "../bytes.js";
import type { Arena } from "./arena.js";
import * as layout from "./layout.js";

/** The record of a member whose values fill a column. */
export interface ColumnMember {
  readonly at: number;
  /** The index of its need. */
  readonly column: number;
}

/** Writes what the kernel reads events by. */
export const writeTable = (arena: Arena, plans: readonly EventPlan[]): readonly ColumnMember[] => {
  const columns: ColumnMember[] = [];
  writeNoMember(arena);
  const types = arena.take(plans.length * layout.TYPE_BYTES);
  for (const [index, plan] of plans.entries()) {
    const object = writeObject(arena, plan.root, plan, columns);
    const name = arena.put(JSON.stringify(plan.name).slice(1));
    const at = types + index * layout.TYPE_BYTES;
    arena.view.setUint32(at + layout.TYPE_OBJECT, object, true);
    arena.view.setUint32(at + layout.TYPE_NAME, name.at, true);
    arena.view.setUint32(at + layout.TYPE_NAME_LENGTH, name.length, true);
    for (const [word, value] of identitySeed(plan.name).entries())
      arena.view.setInt32(at + layout.TYPE_SEED + 4 * word, value, true);
  }
  arena.view.setUint32(layout.TYPE_RECORDS, types, true);
  arena.view.setUint32(layout.TYPE_COUNT, plans.length, true);
  return columns;
};

const writeNoMember = ({ view }: Arena): void => {
  view.setUint32(layout.NO_MEMBER + layout.MEMBER_MASK, layout.NO_MASK, true);
};

const writeObject = (
  arena: Arena,
  { members }: ObjectPlan,
  plan: EventPlan,
  columns: ColumnMember[],
): number => {
  const bits = Math.ceil(Math.log2(members.length * 2 + 2));
  const at = arena.take(layout.OBJECT_SLOTS + 4 * 2 ** bits);
  for (const member of members) {
    const record = writeMember(arena, member, plan, columns);
    let slot = hashOf(member.name, bits);
    while (arena.view.getUint32(at + layout.OBJECT_SLOTS + 4 * slot, true) !== 0)
      slot = (slot + 1) % 2 ** bits;
    arena.view.setUint32(at + layout.OBJECT_SLOTS + 4 * slot, record, true);
  }
  arena.view.setUint32(at + layout.OBJECT_FIRST, layout.NO_MEMBER, true);
  arena.view.setUint32(at + layout.OBJECT_SHIFT, 32 - bits, true);
  arena.view.setUint32(at + layout.OBJECT_REQUIRED, members.filter(({ required }) => required).length, true);
  return at;
};

/** As the kernel hashes: the first 8 bytes of the name and its length. */
const hashOf = (name: string, bits: number): number => {
  const bytes = utf8Of(name);
  const head = new DataView(new ArrayBuffer(8));
  for (let index = 0; index < Math.min(8, bytes.length); index++)
    head.setUint8(index, bytes[index] as number);
  const low = head.getInt32(0, true) + bytes.length;
  const high = Math.imul(head.getInt32(4, true), layout.NAME_MULTIPLIER);
  return Math.imul(low ^ high, layout.NAME_MULTIPLIER) >>> (32 - bits);
};

const writeMember = (arena: Arena, member: MemberPlan, plan: EventPlan, columns: ColumnMember[]): number => {
  const at = writeValue(arena, member.value, plan, columns);
  const isQuoted = QUOTED_KINDS.has(arena.view.getUint8(at + layout.MEMBER_KIND));
  const name = arena.put(member.name);
  const pattern = arena.put(`,${JSON.stringify(member.name)}:${isQuoted ? '"' : ""}`);
  const { view } = arena;
  view.setUint8(at + layout.MEMBER_NULLABLE, member.nullable ? 1 : 0);
  view.setUint8(at + layout.MEMBER_QUOTED, isQuoted ? 1 : 0);
  view.setUint32(at + layout.MEMBER_REQUIRED, member.required ? 1 : 0, true);
  view.setUint32(at + layout.MEMBER_NEXT, layout.NO_MEMBER, true);
  view.setUint32(at + layout.MEMBER_NAME, name.at, true);
  view.setUint32(at + layout.MEMBER_NAME_LENGTH, name.length, true);
  view.setUint32(at + layout.MEMBER_PATTERN, pattern.at, true);
  view.setUint32(at + layout.MEMBER_PATTERN_LENGTH, pattern.length, true);
  view.setUint32(at + layout.MEMBER_MASK, 2 ** Math.min(layout.BLOCK_BYTES, pattern.length) - 1, true);
  const head = new Uint8Array(arena.buffer, pattern.at, layout.BLOCK_BYTES);
  new Uint8Array(arena.buffer).set(head, at + layout.MEMBER_HEAD);
  return at;
};

const QUOTED_KINDS: ReadonlySet<number> = new Set([
  layout.KIND_TEXT,
  layout.KIND_ID,
  layout.KIND_TIME,
  layout.KIND_TYPE,
]);

/** All of a member's record but what its name is for; also of items, which have none. */
const writeValue = (arena: Arena, value: ValuePlan, plan: EventPlan, columns: ColumnMember[]): number => {
  const at = arena.take(layout.MEMBER_BYTES);
  const kind = (is: number): void => arena.view.setUint8(at + layout.MEMBER_KIND, is);
  const range = (least: number, most: number): void => {
    arena.view.setFloat64(at + layout.MEMBER_LEAST, least, true);
    arena.view.setFloat64(at + layout.MEMBER_MOST, most, true);
  };
  const child = (record: number): void => arena.view.setUint32(at + layout.MEMBER_CHILD, record, true);
  switch (value.kind) {
    case "type":
      kind(layout.KIND_TYPE);
      break;
    case "id":
      kind(layout.KIND_ID);
      break;
    case "time":
      kind(layout.KIND_TIME);
      break;
    case "version":
      kind(layout.KIND_INTEGER);
      range(plan.version, plan.version);
      break;
    case "bounds":
      kind(layout.KIND_BOUNDS);
      break;
    case "object":
      child(writeObject(arena, value.object, plan, columns));
      kind(layout.KIND_OBJECT);
      break;
    case "array":
      child(writeValue(arena, value.array.item, plan, columns));
      arena.view.setUint32(at + layout.MEMBER_LENGTH_MAX, uint32(value.array.itemsMax), true);
      kind(layout.KIND_ARRAY);
      break;
    case "field":
      writeField(arena, at, value);
      if (value.column !== null) columns.push({ at, column: plan.needs[value.column] as number });
      break;
    case "any": // what no schema declares has no record
  }
  return at;
};

const UINT32_MAX = 0xffffffff;
const uint32 = (limit: number): number => Math.min(limit, UINT32_MAX);

const writeField = (arena: Arena, at: number, { schema }: ValuePlan & { readonly kind: "field" }): void => {
  const { view } = arena;
  const range = (least: number, most: number): void => {
    view.setFloat64(at + layout.MEMBER_LEAST, least, true);
    view.setFloat64(at + layout.MEMBER_MOST, most, true);
  };
  switch (schema.type) {
    case "boolean":
      view.setUint8(at + layout.MEMBER_KIND, layout.KIND_BOOLEAN);
      break;
    case "integer":
      view.setUint8(at + layout.MEMBER_KIND, layout.KIND_INTEGER);
      range(schema.minimum ?? -Number.MAX_SAFE_INTEGER, schema.maximum ?? Number.MAX_SAFE_INTEGER);
      break;
    case "number":
      view.setUint8(at + layout.MEMBER_KIND, layout.KIND_NUMBER);
      range(schema.minimum ?? -Number.MAX_VALUE, schema.maximum ?? Number.MAX_VALUE);
      view.setFloat64(at + layout.MEMBER_POWER, schema.scale === undefined ? 0 : 10 ** schema.scale, true);
      break;
    case "string": {
      const { minLength = 0, maxLength = UINT32_MAX } = schema;
      const isChecked = minLength > 0 || maxLength < UINT32_MAX || schema.enum !== undefined;
      view.setUint8(at + layout.MEMBER_KIND, layout.KIND_TEXT);
      view.setUint8(at + layout.MEMBER_CHECKED, isChecked ? 1 : 0);
      view.setUint32(at + layout.MEMBER_LENGTH_MIN, uint32(minLength), true);
      view.setUint32(at + layout.MEMBER_LENGTH_MAX, uint32(maxLength), true);
      if (schema.enum !== undefined) writeEnum(arena, at, schema.enum);
    }
  }
};

const SURROGATE = /\p{Surrogate}/u;

/** Texts that are not well-formed Unicode are in no event and are left out. */
const writeEnum = (arena: Arena, at: number, texts: readonly string[]): void => {
  const values = texts.filter((text) => !SURROGATE.test(text)).map((text) => arena.put(text));
  const pairs = arena.take(8 * values.length);
  for (const [index, { at: text, length }] of values.entries()) {
    arena.view.setUint32(pairs + 8 * index, length, true);
    arena.view.setUint32(pairs + 8 * index + 4, text, true);
  }
  arena.view.setUint32(at + layout.MEMBER_ENUM, pairs, true);
  arena.view.setUint32(at + layout.MEMBER_ENUM_COUNT, values.length, true);
};
