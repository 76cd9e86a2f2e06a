import { describe, expect, it } from "vitest";
import { dice } from "../testing/aws/faults.js";
import { createServerClock } from "./serverClock.js";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

describe("the server's clock", () => {
  it("leaves a clock alone that is right within a second", () => {
    const clock = createServerClock(() => 5_700);
    clock.observe(5_600, 5_700, 5_000);
    clock.observe(5_990, 6_010, 6_000);
    expect(clock.now()).toBe(5_700);
  });

  it("hosts whose clocks are an hour apart agree within a second and the way of an answer (seed 7)", () => {
    const roll = dice(7);
    const wayMsMax = 80;
    let serverMs = 1_800_000_000_000;
    const hosts = [-HOUR_MS, 0, HOUR_MS].map((offsetMs) => {
      const local = () => serverMs + offsetMs;
      return { local, clock: createServerClock(local) };
    });
    for (let step = 0; step < 200; step++) {
      serverMs += Math.floor(roll() * 700);
      for (const { local, clock } of hosts) {
        const sentMs = local();
        serverMs += Math.floor((roll() * wayMsMax) / 2);
        const dateMs = Math.floor(serverMs / SECOND_MS) * SECOND_MS;
        serverMs += Math.floor((roll() * wayMsMax) / 2);
        clock.observe(sentMs, local(), dateMs);
        expect(Math.abs(clock.now() - serverMs)).toBeLessThanOrEqual(SECOND_MS + wayMsMax);
      }
    }
    for (const { clock } of hosts) expect(Math.abs(clock.now() - serverMs)).toBeLessThan(2 * wayMsMax);
  });
});
