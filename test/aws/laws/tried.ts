import { expect } from "vitest";
import type { WireLawsMet } from "./met.js";

/** A run that met nothing proves nothing. */
export const expectTried = (met: WireLawsMet, worlds: number): void => {
  expect(met.events).toBeGreaterThan(300 * worlds);
  expect(met.copies).toBeGreaterThan(20 * worlds);
  expect(met.bad).toBeGreaterThan(10 * worlds);
  for (const each of ["splits", "merges", "kills", "freezes", "deploys", "orphaned"] as const)
    expect(met[each], each).toBe(worlds);
  for (const each of ["reverts", "rebuilds", "takeOvers", "lateWrites", "fromErrorPrefix"] as const)
    expect(met[each], each).toBeGreaterThanOrEqual(worlds);
  expect(met.replayed).toBeGreaterThan(50 * worlds);
  for (const each of ["answersLost", "throttled", "kinesisFaults"] as const)
    expect(met[each], each).toBeGreaterThan(30 * worlds);
  expect(met.glances.partial).toBeGreaterThanOrEqual(worlds);
  expect(met.glances.settled).toBeGreaterThanOrEqual(worlds);
  expect(met.live).toBeGreaterThan(4 * worlds);
  expect(met.settled).toBeGreaterThan(2 * worlds);
};
