import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INSTANT_MS_MAX, INSTANT_MS_MIN, parseInstant } from "./instant.js";

const SEED = 7;
const two = (value: number): string => String(value).padStart(2, "0");

describe("parseInstant", () => {
  it(`reads what Date writes, in any zone (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: INSTANT_MS_MIN, max: INSTANT_MS_MAX }),
        fc.integer({ min: -1439, max: 1439 }),
        (ms, zone) => {
          expect(parseInstant(new Date(ms).toISOString())).toBe(ms);
          const local = ms + zone * 60_000;
          if (local < INSTANT_MS_MIN || local > INSTANT_MS_MAX) return;
          const sign = zone < 0 ? "-" : "+";
          const offset = `${sign}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`;
          expect(parseInstant(new Date(local).toISOString().replace("Z", offset))).toBe(ms);
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it("knows every day of four centuries, and no other", () => {
    let read = 0;
    for (let year = 1899; year <= 2301; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 1; day <= 31; day++) {
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists = date.getUTCMonth() === month - 1;
          const ms = parseInstant(`${year}-${two(month)}-${two(day)}T00:00Z`);
          if (ms !== (exists ? date.getTime() : null)) expect.fail(`${year}-${month}-${day}: ${ms}`);
          if (exists) read++;
        }
      }
    }
    expect(read).toBe(147_192);
  });

  it.each([
    ["2015-02-22T21:00:00Z", 1424638800000],
    ["2015-02-22T21:00Z", 1424638800000],
    ["2015-02-22T21:00:00.5Z", 1424638800500],
    ["2015-02-22T21:00:00.123999999Z", 1424638800123],
    ["0001-01-01T00:00:00Z", INSTANT_MS_MIN],
    ["9999-12-31T23:59:59.999Z", INSTANT_MS_MAX],
  ])("reads %s", (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each([
    "",
    "2015-02-22",
    "2015-02-22T21:00:00",
    "2015-02-22 21:00:00Z",
    "2015-02-29T00:00:00Z",
    "2015-13-01T00:00:00Z",
    "2015-00-01T00:00:00Z",
    "2015-01-01T24:00:00Z",
    "2015-01-01T00:60:00Z",
    "2015-01-01T00:00:60Z",
    "2015-01-01T00:00:00.Z",
    "2015-01-01T00:00:00.0000000001Z",
    "2015-01-01T00:00:00+24:00",
    "2015-01-01T00:00:00+0100",
    "2015-01-01T00:00:00z",
    "2015-01-01T00:00:00ZZ",
    " 2015-01-01T00:00:00Z",
    "+02015-01-01T00:00:00Z",
    "0000-12-31T23:59:59Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "２015-01-01T00:00:00Z",
  ])("refuses %j", (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});
