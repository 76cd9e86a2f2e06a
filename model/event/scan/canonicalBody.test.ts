import { describe, expect, it } from "vitest";
import { createEventReader } from "../reader.js";
import { createBodyEnd } from "./canonicalBody.js";
import { createDice } from "./fixtures/dice.js";
import { mutate } from "./fixtures/mutate.js";
import { randomApp } from "./fixtures/randomApp.js";
import { randomEvent } from "./fixtures/randomEvent.js";
import { slicesOf } from "./fixtures/slices.js";

const SEED = 20261121;
const APPS = 120;
const EVENTS = 80;

/** By what is found of the bytes alone; null where the reader has to make the body. */
const foundBodies = (events: readonly Uint8Array[]): readonly (string | null)[] => {
  const slices = slicesOf(events, "}");
  const bodyEnd = createBodyEnd();
  return events.map((_, index) => {
    const end = bodyEnd(slices, index);
    return end < 0 ? null : `${Buffer.from(slices.bytes.subarray(slices.starts[index], end)).toString()}}`;
  });
};

const found = (text: string): string | null => foundBodies([Buffer.from(text)])[0] ?? null;
const envelope = `"type":"a","id":"1","time":"2026-01-05T12:00:00.000Z"`;

describe("a body that stands in the log as it is written", () => {
  it(`is what the reader makes of every readable event, random and changed (seed ${SEED})`, () => {
    const met = { standing: 0, rewritten: 0, withoutBounds: 0 };
    for (let index = 0; index < APPS; index++) {
      const dice = createDice(SEED + index);
      const app = randomApp(dice);
      const reader = createEventReader(app);
      const whole = Array.from({ length: EVENTS }, () => Buffer.from(randomEvent(dice, app)));
      const events = whole.flatMap((event) => {
        const outcome = reader.read(event);
        if (outcome.kind !== "event") return [event];
        const body = outcome.body();
        const bounded = `${body.slice(0, -1)},"$bounds":[${dice.integer(9)},10]}`;
        return [event, Buffer.from(body), Buffer.from(bounded), mutate(dice, Buffer.from(body), whole)];
      });
      for (const [at, body] of foundBodies(events).entries()) {
        const outcome = reader.read(events[at] as Buffer);
        if (outcome.kind !== "event") continue;
        if (body === null) met.rewritten++;
        else {
          expect(body, `${events[at]?.toString()}`).toBe(outcome.body());
          met.standing++;
          if (outcome.bounds) met.withoutBounds++;
        }
      }
    }
    expect(met.standing).toBeGreaterThan(APPS * 20);
    expect(met.rewritten).toBeGreaterThan(APPS * 5);
    expect(met.withoutBounds).toBeGreaterThan(APPS * 5);
  });

  it("is every event as JSON.stringify writes it, but for names that are integers", () => {
    for (const rest of [
      "",
      `,"n":0`,
      `,"n":-12.5`,
      `,"n":1e+21`,
      `,"n":123456789012345680000`,
      `,"é":"😀 \u2028"`,
      `,"__proto__":{}`,
      `,"a":{"b":[],"c":[{"b":1},{"b":1}],"d":{}},"b":null`,
      `,"time2":5,"a":[true,false,null]`,
    ])
      expect(found(`{${envelope}${rest}}`)).toBe(`{${envelope}${rest}}`);
    expect(found(`{${envelope},"a":1,"$bounds":[1,2]}`)).toBe(`{${envelope},"a":1}`);
  });

  it("is not one that is written in another way, or in which a name stands twice", () => {
    for (const rest of [
      ` `,
      `,"n":1.0`,
      `,"n":-0`,
      `,"n":1e3`,
      `,"n":0.1000`,
      `,"n":12345678901234567`,
      `,"a":"\\u0041"`,
      `,"a":"\\/"`,
      `,"a": 1`,
      `,"a":1,"a":1`,
      `,"a":{"b":1,"b":2}`,
      `,"id":"1"`,
      `,"7":1`,
      `,"a":{"b":{"0":1}}`,
      `,"$version":1`,
      `,"$bounds":[1,2],"a":1`,
      `,"$other":1`,
    ])
      expect(found(`{${envelope}${rest}}`), rest).toBeNull();
    expect(found(`{"type":"a","id":"1","time":1767614400000}`)).toBeNull();
    expect(found(`{"type":"a","id":"1","time":"2026-01-05T12:00:00Z"}`)).toBeNull();
    expect(found(`{"type":"a","id":"1","time":"2026-01-05T13:00:00.0+01:00"}`)).toBeNull();
  });
});
