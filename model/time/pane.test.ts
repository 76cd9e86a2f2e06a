import { describe, expect, it } from "vitest";
import type { DurationMs, EpochMs } from "../brand.js";
import { nextPane, paneProblem, paneStart } from "./pane.js";

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const iso = (ms: number): string => new Date(ms).toISOString();
const DAY = 86_400_000 as DurationMs;
const HOUR = 3_600_000 as DurationMs;

describe("paneStart", () => {
  it("floors minutes in UTC, before 1970 too", () => {
    expect(paneStart(-1 as EpochMs, 60_000 as DurationMs, "UTC")).toBe(-60_000);
    expect(iso(paneStart(at("2018-12-25T00:46:15Z"), 60_000 as DurationMs, "Asia/Kolkata"))).toBe(
      "2018-12-25T00:46:00.000Z",
    );
  });

  it("gives days of 23 and 25 hours where the clock changes", () => {
    const spring = paneStart(at("2018-03-25T12:00:00Z"), DAY, "Europe/Berlin");
    expect(iso(spring)).toBe("2018-03-24T23:00:00.000Z");
    expect(nextPane(spring, DAY, "Europe/Berlin") - spring).toBe(23 * HOUR);
    const autumn = paneStart(at("2018-10-28T12:00:00Z"), DAY, "Europe/Berlin");
    expect(nextPane(autumn, DAY, "Europe/Berlin") - autumn).toBe(25 * HOUR);
  });

  it("begins a day without midnight at its first instant", () => {
    const start = paneStart(at("2018-11-04T12:00:00Z"), DAY, "America/Sao_Paulo");
    expect(iso(start)).toBe("2018-11-04T03:00:00.000Z");
  });

  it("begins a day with two midnights at the first", () => {
    expect(iso(paneStart(at("2018-11-04T12:00:00Z"), DAY, "America/Havana"))).toBe(
      "2018-11-04T04:00:00.000Z",
    );
  });

  it("covers time without gap or overlap in every zone", () => {
    for (const zone of [
      "Europe/Berlin",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "America/Havana",
      "Pacific/Apia",
    ]) {
      for (const pane of [HOUR, DAY]) {
        let start = paneStart(at("2011-12-25T00:00:00Z"), pane, zone);
        for (let count = 0; count < 400; count++) {
          const next = nextPane(start, pane, zone);
          expect(next).toBeGreaterThan(start);
          expect(paneStart(start, pane, zone)).toBe(start);
          expect(paneStart((next - 1) as EpochMs, pane, zone)).toBe(start);
          start = next;
        }
      }
    }
  });

  it("says which lengths cannot be used", () => {
    expect(paneProblem(420_000 as DurationMs, "UTC")).toMatch(/divide an hour/);
    expect(paneProblem((6 * HOUR) as DurationMs, "Europe/Berlin")).toMatch(/must be 1d/);
    expect(paneProblem((6 * HOUR) as DurationMs, "UTC")).toBeNull();
  });
});
