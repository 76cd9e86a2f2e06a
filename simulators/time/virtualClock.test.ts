import { describe, expect, it } from "vitest";
import { createVirtualClock } from "./virtualClock.js";

const START_MS = 1_000_000;

describe("a virtual clock", () => {
  it("runs what is due, in order of time and then of making, and stands at each one's time", async () => {
    const clock = createVirtualClock(START_MS);
    const seen: (readonly [string, number])[] = [];
    const note = (name: string) => () => seen.push([name, clock.epochMs() - START_MS]);
    clock.after(20, note("third"));
    clock.after(10, note("first"));
    clock.after(10, note("second"));
    clock.after(31, note("never"));
    const cancel = clock.after(15, note("cancelled"));
    cancel();
    await clock.advance(30);
    expect(seen).toEqual([
      ["first", 10],
      ["second", 10],
      ["third", 20],
    ]);
    expect([clock.elapsedMs(), clock.epochMs(), clock.waiting()]).toEqual([30, START_MS + 30, 1]);
  });

  it("runs what a timer sets going, through promises, before it moves on", async () => {
    const clock = createVirtualClock(START_MS);
    const ticks: number[] = [];
    const loop = async (): Promise<void> => {
      while (ticks.length < 5) {
        await new Promise<void>((resolve) => clock.after(100, resolve));
        await Promise.resolve();
        ticks.push(clock.elapsedMs());
      }
    };
    const done = loop();
    await clock.advance(450);
    expect(ticks).toEqual([100, 200, 300, 400]);
    await clock.advance(50);
    await done;
  });
});
