import { describe, expect, it } from "vitest";
import { createDice } from "./fixtures/dice.js";
import { mutate } from "./fixtures/mutate.js";
import { KERNELS } from "./fixtures/kernels.js";
import { randomApp } from "./fixtures/randomApp.js";
import { randomEvent } from "./fixtures/randomEvent.js";
import { createTwins } from "./fixtures/sameRows.js";

const SEED = 20261121;
const APPS = 150;
const BATCHES = 3;
const EVENTS = 60;
const CHANGED = 0.3;
const BETWEEN = ["", "\n", '"', "}", "1", "\u001a\u0001"];

describe.each(KERNELS)("%s", (_, createScanner) => {
  it(`reads random events of random apps as the plain reader does, whole and changed (seed ${SEED})`, () => {
    let readable = 0;
    let fast = 0;
    const reasons = new Set<string>();
    for (let index = 0; index < APPS; index++) {
      const dice = createDice(SEED + index);
      const app = randomApp(dice);
      const { scanner, check } = createTwins(app, createScanner);
      for (let batch = 0; batch < BATCHES; batch++) {
        const whole = Array.from({ length: EVENTS }, () => Buffer.from(randomEvent(dice, app)));
        const events = whole.flatMap((event) =>
          dice.chance(CHANGED) ? [event, mutate(dice, event, whole)] : [event],
        );
        for (const row of check(events, dice.pick(BETWEEN))) {
          if ("reason" in row) reasons.add(row.reason);
          else readable++;
        }
        fast += events.length;
      }
      fast -= scanner.counts.plain;
    }
    expect(readable).toBeGreaterThan(APPS * EVENTS);
    expect(fast).toBeGreaterThan(readable / 2);
    expect(reasons.size).toBeGreaterThanOrEqual(6);
  });
});
