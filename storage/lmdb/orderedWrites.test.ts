import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOrderedWrites } from "./orderedWrites.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("ordered writes", () => {
  it("take effect as a beginning of what was asked for, whichever commits and actions fail, and say which did", async () => {
    const seen = { effective: 0, failedCommits: 0, failedActions: 0, lost: 0, after: 0 };
    const bursts = fc.array(
      fc.record({
        sizes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 }),
        throwing: fc.integer({ min: 0, max: 30 }),
        failingCommit: fc.integer({ min: 0, max: 4 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(bursts, async (script) => {
        let stored: string[] = [];
        let commitsUntilFailure = 0;
        const { write } = createOrderedWrites(async (action) => {
          const before = [...stored];
          await turn();
          const outcome = action();
          await turn();
          if (commitsUntilFailure-- === 0) {
            stored = before;
            seen.failedCommits += 1;
            throw new Error("commit");
          }
          return outcome;
        });
        for (const [round, { sizes, throwing, failingCommit }] of script.entries()) {
          commitsUntilFailure = failingCommit;
          const start = stored.length;
          const asked: Promise<string>[] = [];
          let known = false;
          for (const size of sizes) {
            if (known) break;
            for (let index = 0; index < size; index++) {
              const name = `${round}.${asked.length}`;
              const throws = asked.length === throwing;
              asked.push(
                write(() => {
                  if (throws) {
                    seen.failedActions += 1;
                    throw new Error("action");
                  }
                  stored.push(name);
                  return name;
                }),
              );
              asked.at(-1)?.catch(() => {
                known = true;
              });
            }
            await turn();
          }
          const outcomes = await Promise.allSettled(asked);
          const fulfilled = outcomes
            .filter((outcome) => outcome.status === "fulfilled")
            .map((outcome) => outcome.value);
          expect(stored.slice(start)).toEqual(fulfilled);
          expect(fulfilled).toEqual(
            Array.from({ length: fulfilled.length }, (_, index) => `${round}.${index}`),
          );
          seen.effective += fulfilled.length;
          seen.lost += asked.length - fulfilled.length;
          if (round > 0 && start > 0) seen.after += fulfilled.length;
        }
      }),
      { seed: 1729, numRuns: 200 },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
  });

  it("share commits when they are asked for together", async () => {
    let commits = 0;
    const { write } = createOrderedWrites(async (action) => {
      commits += 1;
      await turn();
      return action();
    });
    await Promise.all(Array.from({ length: 1000 }, (_, index) => write(() => index)));
    expect(commits).toBeLessThanOrEqual(2);
  });
});
