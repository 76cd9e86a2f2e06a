import { expect, it } from "vitest";
import { nothingMet } from "./met.js";
import { runWireWorld } from "./run.js";

it("holds", async () => {
  const met = nothingMet();
  const seed = Number(process.env["SEED"] ?? 1);
  try {
    await runWireWorld(seed, met);
  } finally {
    console.log(seed, met, process.cpuUsage());
  }
  expect(met.kills).toBe(1);
}, 300_000);
