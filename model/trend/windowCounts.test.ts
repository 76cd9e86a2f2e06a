import { describe, expect, it } from "vitest";
import type { DurationMs, EpochMs } from "../brand.js";
import { SLOTS, slotOf } from "./slot.js";
import { countWindows, windowCounts, withoutSlots } from "./windowCounts.js";

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const QUARTER = 900_000 as DurationMs;
const HOUR = 3_600_000 as DurationMs;

describe("slotOf", () => {
  it("is the hour of week from Monday 00, in the time zone", () => {
    expect(slotOf(at("2026-01-05T00:00:00Z"), "UTC")).toBe(0);
    expect(slotOf(at("2026-01-11T23:59:59.999Z"), "UTC")).toBe(167);
    expect(slotOf(at("1970-01-01T00:00:00Z"), "UTC")).toBe(72);
    expect(slotOf(at("1969-12-28T23:00:00Z"), "UTC")).toBe(167);
    expect(slotOf(at("2026-01-04T23:30:00Z"), "Europe/Berlin")).toBe(0);
    expect(slotOf(at("2026-01-04T18:30:00Z"), "Asia/Kolkata")).toBe(0);
    expect(slotOf(at("2026-01-04T18:29:59Z"), "Asia/Kolkata")).toBe(167);
  });
});

describe("countWindows", () => {
  it("counts a week once, in any time zone without a change of the clock", () => {
    for (const timeZone of ["UTC", "Asia/Kolkata", "America/New_York"]) {
      const counts = countWindows(at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z"), QUARTER, timeZone);
      expect(counts.perSlot).toEqual(new Array<number>(SLOTS).fill(4));
      expect(counts.perHour).toEqual(new Array<number>(24).fill(28));
      expect(counts.total).toBe(672);
    }
  });

  it("leaves out the hour that spring skips and counts twice the one that autumn repeats", () => {
    const sundayAt = (hour: number): number => 144 + hour;
    const spring = countWindows(
      at("2026-03-23T00:00:00+01:00"),
      at("2026-03-30T00:00:00+02:00"),
      HOUR,
      "Europe/Berlin",
    );
    expect(spring.total).toBe(167);
    expect([1, 2, 3].map((hour) => spring.perSlot[sundayAt(hour)])).toEqual([1, 0, 1]);
    const autumn = countWindows(
      at("2026-10-19T00:00:00+02:00"),
      at("2026-10-26T00:00:00+01:00"),
      HOUR,
      "Europe/Berlin",
    );
    expect(autumn.total).toBe(169);
    expect([1, 2, 3].map((hour) => autumn.perSlot[sundayAt(hour)])).toEqual([1, 2, 1]);
  });

  it("counts whole windows alone", () => {
    expect(countWindows(at("2026-01-05T00:00:01Z"), at("2026-01-05T02:59:59Z"), HOUR, "UTC").total).toBe(1);
    expect(countWindows(at("2026-01-05T00:30:00Z"), at("2026-01-05T01:00:00Z"), HOUR, "UTC").total).toBe(0);
  });
});

describe("pooling", () => {
  const pooling = (days: number, width: DurationMs): string =>
    countWindows(0 as EpochMs, (days * 24 * HOUR) as EpochMs, width, "UTC").pooling;

  it("is the finest at which most windows share their cell", () => {
    expect([
      pooling(14, HOUR),
      pooling(10, HOUR),
      pooling(9, HOUR),
      pooling(2, HOUR),
      pooling(1, HOUR),
    ]).toEqual(["slot", "slot", "hour", "hour", "all"]);
    expect(pooling(1, QUARTER)).toBe("slot");
    expect(pooling(0, QUARTER)).toBe("all");
  });
});

describe("withoutSlots", () => {
  it("takes one window of each slot out, and refuses where none is left", () => {
    const counts = windowCounts(new Array<number>(SLOTS).fill(2));
    const without = withoutSlots(counts, [5, 5, 29]);
    expect([5, 29, 6].map((slot) => without.perSlot[slot])).toEqual([0, 1, 2]);
    expect([without.perHour[5], without.total, counts.total]).toEqual([11, 333, 336]);
    expect(() => withoutSlots(counts, [5, 5, 5])).toThrow("no window of slot 5 left to take out");
    expect(() => windowCounts([1])).toThrow("window counts for 1 slots, not 168");
  });
});
