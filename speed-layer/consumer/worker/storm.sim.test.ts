import { expect, it } from "vitest";
import { NO_STORM, runStorm, type StormCounts } from "../testing/storm.js";

const FIRST_SEED = Number(process.env["FRESHET_CONSUMER_SEED"] ?? 1);
const RUNS = Number(process.env["FRESHET_CONSUMER_RUNS"] ?? 6);

it("passes no record over, lets one owner write, and goes from parents to children, through storms", async () => {
  const total: StormCounts = { ...NO_STORM };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    try {
      const counts = await runStorm(seed);
      for (const name of Object.keys(total) as (keyof StormCounts)[]) total[name] += counts[name];
    } catch (error) {
      throw new Error(`storm with seed ${seed} (FRESHET_CONSUMER_SEED=${seed} FRESHET_CONSUMER_RUNS=1)`, {
        cause: error,
      });
    }
  }
  const perRun = (name: keyof StormCounts): number => total[name] / RUNS;
  expect(perRun("records")).toBeGreaterThan(300);
  expect(perRun("splits") + perRun("merges")).toBeGreaterThan(3);
  expect(perRun("frozenPastLease")).toBeGreaterThan(1);
  expect(perRun("lostResponses")).toBeGreaterThan(10);
  expect(perRun("handedOver")).toBeGreaterThan(2);
  expect(perRun("expiredTaken")).toBeGreaterThan(1);
  for (const name of ["merges", "trims", "deaths", "rowsDeleted", "readFailures", "workedTwice"] as const)
    expect(total[name], name).toBeGreaterThan(0);
  if (process.env["FRESHET_CONSUMER_RUNS"]) console.log(total);
}, 120_000);
