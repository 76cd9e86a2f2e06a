import type { ComparedGenerations } from "@freshet/batch-layer";
import { expect } from "vitest";
import { freshetJson } from "./freshet.js";

/** The two generations hold the same books, and of every metric the same groups with the same counts, registers and bins. */
export const expectSameGenerations = async (
  first: number,
  second: number,
  common: readonly string[],
): Promise<void> => {
  const { ledgers, metrics } = await freshetJson<ComparedGenerations>(
    "compare",
    String(first),
    String(second),
    ...common,
  );
  expect(ledgers[0]).toEqual(ledgers[1]);
  expect(metrics.length).toBeGreaterThan(0);
  for (const { metric, groups, onlyFirst, onlySecond, differing } of metrics) {
    expect({ metric, onlyFirst, onlySecond, differing }).toEqual({
      metric,
      onlyFirst: 0,
      onlySecond: 0,
      differing: 0,
    });
    expect(groups[0]).toBeGreaterThan(0);
  }
};
