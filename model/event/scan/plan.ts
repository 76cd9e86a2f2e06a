import type { AppDocument } from "../../app.js";
import type { EventDefinition, EventVersion } from "../definition.js";
import type { ArraySchema, FieldSchema, ObjectSchema } from "../schema.js";
import type { FieldNeed } from "./columns.js";

/** What a scanner reads where a value is expected. */
export type ValuePlan =
  | { readonly kind: "type" | "id" | "time" | "version" }
  | { readonly kind: "bounds"; readonly depth: number }
  | {
      readonly kind: "field";
      readonly schema: Exclude<FieldSchema, ObjectSchema | ArraySchema>;
      /** The column that it fills, by the type's own count; null: it is checked only. */
      readonly column: number | null;
    }
  | { readonly kind: "object"; readonly object: ObjectPlan }
  | { readonly kind: "array"; readonly array: ArrayPlan }
  /** What no schema declares. */
  | { readonly kind: "any"; readonly depth: number };

export interface MemberPlan {
  readonly name: string;
  readonly required: boolean;
  /** May be null, which is as if it were absent. */
  readonly nullable: boolean;
  readonly value: ValuePlan;
}

export interface ObjectPlan {
  /** Names its function in the code. */
  readonly index: number;
  /** How deep the values in it may be nested. */
  readonly depth: number;
  readonly members: readonly MemberPlan[];
}

export interface ArrayPlan {
  readonly index: number;
  readonly depth: number;
  readonly item: ValuePlan;
  readonly itemsMax: number;
}

/** One event type, in its last version. */
export interface EventPlan {
  /** In the app's `events`. */
  readonly index: number;
  readonly name: string;
  readonly version: number;
  readonly root: ObjectPlan;
  readonly objects: readonly ObjectPlan[];
  readonly arrays: readonly ArrayPlan[];
  /** For each column the index of its need. */
  readonly needs: readonly number[];
}

const envelope = (depth: number): readonly MemberPlan[] => [
  { name: "type", required: true, nullable: false, value: { kind: "type" } },
  { name: "id", required: true, nullable: false, value: { kind: "id" } },
  { name: "time", required: true, nullable: false, value: { kind: "time" } },
  { name: "$version", required: false, nullable: false, value: { kind: "version" } },
  { name: "$bounds", required: false, nullable: false, value: { kind: "bounds", depth } },
];

/** @throws Error when a need is no field of a scalar type. */
export const planEvents = (app: AppDocument, needs: readonly FieldNeed[]): readonly EventPlan[] => {
  for (const need of needs) checkNeed(app, need);
  return app.events.map((event, index) => planEvent(event, index, app.settings.eventDepthMax, needs));
};

const planEvent = (
  event: EventDefinition,
  index: number,
  depthMax: number,
  allNeeds: readonly FieldNeed[],
): EventPlan => {
  const objects: ObjectPlan[] = [];
  const arrays: ArrayPlan[] = [];
  const needs = allNeeds.flatMap((need, index) => (need.event === event.name ? [index] : []));
  const columnOf = (path: readonly string[]): number | null => {
    const found = needs.findIndex((index) => isSamePath((allNeeds[index] as FieldNeed).path, path));
    return found < 0 ? null : found;
  };
  let containers = 0;

  const planObject = (
    schema: ObjectSchema,
    path: readonly string[] | null,
    depth: number,
    marks: readonly MemberPlan[],
  ): ObjectPlan => {
    const members = Object.entries(schema.properties).map(([name, field]): MemberPlan => {
      const required = schema.required.includes(name);
      const value = planValue(field, path === null ? null : [...path, name], depth);
      return { name, required, nullable: !required, value };
    });
    const object = { index: containers++, depth, members: [...marks, ...members] };
    objects.push(object);
    return object;
  };

  /** No column lies in an array: its path is null. */
  const planValue = (schema: FieldSchema, path: readonly string[] | null, depth: number): ValuePlan => {
    if (schema.type === "object") return { kind: "object", object: planObject(schema, path, depth - 1, []) };
    if (schema.type === "array") {
      const { maxItems = Number.POSITIVE_INFINITY } = schema;
      const item = planValue(schema.items, null, depth - 1);
      const array = { index: containers++, depth: depth - 1, item, itemsMax: maxItems };
      arrays.push(array);
      return { kind: "array", array };
    }
    return { kind: "field", schema, column: path === null ? null : columnOf(path) };
  };

  const { schema, version } = event.versions.at(-1) as EventVersion;
  const root = planObject(schema, [], depthMax - 1, envelope(depthMax - 1));
  return { index, name: event.name, version, root, objects, arrays, needs };
};

const isSamePath = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

const checkNeed = (app: AppDocument, { event, path }: FieldNeed): void => {
  let schema: FieldSchema | undefined = app.events
    .find(({ name }) => name === event)
    ?.versions.at(-1)?.schema;
  for (const name of path) {
    schema =
      schema?.type === "object" && Object.hasOwn(schema.properties, name)
        ? schema.properties[name]
        : undefined;
  }
  if (schema === undefined || schema.type === "object" || schema.type === "array")
    throw new Error(
      `the event type ${JSON.stringify(event)} has no field ${JSON.stringify(path)} of a scalar type`,
    );
};
