import { expect, it } from "vitest";
import { nothingMet } from "./met.js";
import { runWireWorld } from "./run.js";
import { expectTried } from "./tried.js";

const SEED = 2;

it("laws 2 to 5 and 7 hold over the wire: answers equal the oracle whatever befalls the workers, the stream and the answers", async () => {
  const met = nothingMet();
  await runWireWorld(SEED, "polling", met).catch((error: unknown) => {
    throw new Error(`seed ${SEED}, having met ${JSON.stringify(met)}`, { cause: error });
  });
  expectTried(met, 1);
  expect(met.questions).toBe(met.live + met.settled);
}, 600_000);
