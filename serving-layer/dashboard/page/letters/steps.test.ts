import { parseExpression } from "@freshet/model";
import { expect, it } from "vitest";
import { mendLetter } from "../../../letters/mend.js";
import type { Letter } from "./answers.js";
import { EMPTY_STEP, readSteps, type Step, suggestStep } from "./steps.js";

const ARRIVAL = 1_750_000_000_000;
const aStep = (step: Partial<Step>): Step => ({ ...EMPTY_STEP, ...step });

/** The event that the server makes of a body, through the JSON that the form sends. */
const mended = (event: object, ...steps: readonly Partial<Step>[]): object => {
  const read = readSteps(steps.map(aStep));
  if (read.kind === "unready") throw new Error(read.says);
  const sent = JSON.parse(JSON.stringify(read.fields)) as typeof read.fields;
  const letter = {
    body: new TextEncoder().encode(JSON.stringify({ id: "1", ...event })),
    arrivalMs: ARRIVAL,
    timeMs: null,
  };
  const outcome = mendLetter(letter as unknown as Parameters<typeof mendLetter>[0], {
    kind: "set",
    fields: sent.map(({ path, value }) => ({ path, value: parseExpression(value) })),
  });
  if (outcome.kind !== "event") throw new Error(outcome.detail);
  const { $bounds: _, id: __, ...rest } = outcome.event;
  return rest;
};

it("each change of the form does what it says, as the server evaluates it", () => {
  expect(mended({ a: 1 }, { field: "b.c", value: "x" })).toEqual({ a: 1, b: { c: "x" } });
  expect(mended({}, { field: "n", type: "number", value: "1.5" })).toEqual({ n: 1.5 });
  expect(mended({}, { field: "n", type: "integer", value: "-3" })).toEqual({ n: -3 });
  expect(mended({}, { field: "ok", type: "boolean", value: "true" })).toEqual({ ok: true });
  const standard: Partial<Step> = { kind: "default", field: "a", type: "integer", value: "7" };
  expect(mended({}, standard)).toEqual({ a: 7 });
  expect(mended({ a: null }, standard)).toEqual({ a: 7 });
  expect(mended({ a: 2 }, standard)).toEqual({ a: 2 });
  const digits: Partial<Step> = { kind: "toInteger", field: "ms" };
  expect(mended({ ms: "42" }, digits)).toEqual({ ms: 42 });
  expect(mended({ ms: 43 }, digits)).toEqual({ ms: 43 });
  expect(mended({ ms: "long" }, digits)).toEqual({});
  const rename: Partial<Step> = { kind: "rename", field: "usr", to: "user.name" };
  expect(mended({ usr: "x" }, rename)).toEqual({ user: { name: "x" } });
  expect(mended({ user: { name: "y" } }, rename)).toEqual({ user: { name: "y" } });
  expect(mended({ a: 1, b: 2 }, { kind: "remove", field: "a" })).toEqual({ b: 2 });
  expect(mended({ time: "old" }, { kind: "arrival", field: "time" })).toEqual({ time: ARRIVAL });
});

it("a change that is not whole yet says what it lacks", () => {
  expect(readSteps([aStep({})])).toEqual({ kind: "unready", says: "a field's name is missing" });
  expect(readSteps([aStep({ kind: "rename", field: "a" })])).toMatchObject({
    says: "the new name is missing",
  });
  expect(readSteps([aStep({ field: "n", type: "integer", value: "1.5" })])).toMatchObject({
    says: "n: “1.5” is no integer",
  });
  expect(readSteps([])).toEqual({ kind: "fields", fields: [] });
});

it("suggests a change from what is wrong", () => {
  const suggested = (reason: Letter["reason"], detail: string) =>
    suggestStep({ reason, detail } as unknown as Letter);
  expect(suggested("wrong_type", "ms: expected integer, got text")).toMatchObject({
    kind: "toInteger",
    field: "ms",
  });
  expect(suggested("missing_field", "n: expected integer, got nothing")).toMatchObject({
    kind: "default",
    field: "n",
    type: "integer",
  });
  expect(suggested("missing_field", "time: expected a time, got nothing")).toMatchObject({
    kind: "arrival",
    field: "time",
  });
  expect(suggested("malformed", "not JSON")).toBeNull();
  expect(suggested("unknown_type", 'no event type "vist"; did you mean "visit"?')).toMatchObject({
    kind: "set",
    field: "type",
    value: "visit",
  });
});
