import { expect, it, onTestFinished } from "vitest";
import { ask, nothingMet } from "../../laws/run.js";
import { createStream } from "../../laws/stream.js";
import { createRandom } from "@freshet/simulators";
import { temporaryDirectory } from "../../support/freshet.js";
import { createWireWorld } from "./world.js";

it("one worker on one shard folds to the oracle's answers", async () => {
  const directory = temporaryDirectory();
  const world = await createWireWorld({
    seed: 1,
    shards: 1,
    directory: directory.path,
    faults: { answerLost: 0, throttled: 0 },
  });
  onTestFinished(async () => {
    await world.close();
    directory.remove();
  });
  const worker = await world.startWorker("w0");
  const stream = createStream({ random: createRandom("stream", 1), farCopies: false });
  for (let round = 0; round < 5; round++)
    await world.send(Array.from({ length: 20 }, () => stream.next(Date.now() - 120_000)));
  await worker.speed.caughtUp();
  const met = nothingMet();
  await ask({ oracle: world.oracle(), withReader: world.withReader }, true, met);
  expect(met.live).toBeGreaterThan(0);
  await worker.speed.stop();
}, 60_000);
