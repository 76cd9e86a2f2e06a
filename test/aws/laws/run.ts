import { createRandom, type FaultRule } from "@freshet/simulators";
import { expect } from "vitest";
import { temporaryDirectory } from "../../support/freshet.js";
import { createStream } from "../../laws/stream.js";
import { glance } from "./glance.js";
import type { WireLawsMet } from "./met.js";
import {
  batch,
  caughtUp,
  compare,
  deploy,
  freeze,
  hire,
  kill,
  merge,
  replay,
  revert,
  type Scene,
  send,
  split,
} from "./steps.js";
import { createWireWorld, type WireWorld } from "./world.js";

const SHARDS = 4;
const WORKERS = 3;
const WIRE_FAULTS = { answerLost: 0.01, throttled: 0.01 };
const KINESIS_FAULTS: readonly FaultRule[] = [
  { fault: "lostResponse", probability: 0.01, operations: ["PutRecords", "GetRecords", "GetShardIterator"] },
  { fault: "throttle", probability: 0.02, operations: ["PutRecords", "GetRecords"] },
  { fault: "failedEntry", probability: 0.01 },
  { fault: "emptyRead", probability: 0.3 },
  { fault: "expiredIterator", probability: 0.01 },
  { fault: "endWithoutChildren", probability: 0.7 },
  { fault: "brokenSubscription", probability: 0.05 },
];
/** Of the last landings and batch runs, until all is settled. */
const LAST_ROUNDS_MAX = 30;

const shuffled = <T>(list: readonly T[], scene: Scene): readonly T[] => {
  const rest = [...list];
  return list.map(() => rest.splice(scene.random.integer(rest.length), 1)[0] as T);
};

const play = async (scene: Scene): Promise<void> => {
  const { world, random, met } = scene;
  for (let worker = 0; worker < WORKERS; worker++) await hire(scene);
  await send(scene, 80);
  await caughtUp(scene);
  await world.firehose.startAtLatest();
  for (const step of [split, ...shuffled([kill, freeze, deploy, merge], scene)]) {
    await send(scene);
    await step(scene);
    await send(scene);
    await glance(world, met);
    await batch(scene, random.chance(0.2));
    if (random.chance(0.3)) await revert(scene);
    await compare(scene);
  }
};

/** Nothing comes any more: everything becomes settled; a generation before it says the same, and a rebuild too. */
const settle = async (scene: Scene): Promise<void> => {
  const { world, met } = scene;
  await caughtUp(scene);
  for (let round = 0; round < LAST_ROUNDS_MAX; round++) {
    await world.firehose.deliver(true);
    met.fromErrorPrefix += (await world.land(0)).mended;
    await batch(scene);
    if ((await glance(world, met))?.status === "settled") break;
    await world.line.log.wait(500);
  }
  const before = met.settled;
  await compare(scene);
  expect(met.settled).toBeGreaterThan(before);
  // Where time let all batches but one publish nothing, there is none to go back to yet.
  if (scene.published.length < 2) await batch(scene, true);
  await revert(scene);
  await compare(scene);
  await batch(scene);
  await compare(scene);
  await batch(scene, true);
  await compare(scene);
  await replay(scene);
  await compare(scene);
};

/** One life of the line on AWS' protocols, from its seed alone as far as time lets it: laws 2 to 5 and 7. */
export const runWireWorld = async (
  seed: number,
  reader: "polling" | "fanOut",
  met: WireLawsMet,
): Promise<void> => {
  const directory = temporaryDirectory();
  const options = { seed, reader, shards: SHARDS, directory: directory.path };
  const world: WireWorld = await createWireWorld({
    ...options,
    faults: WIRE_FAULTS,
    kinesisFaults: KINESIS_FAULTS,
  });
  const scene: Scene = {
    world,
    random: createRandom("wire laws", seed),
    stream: createStream({ random: createRandom("stream", seed), farCopies: false }),
    met,
    crew: [],
    dying: [],
    published: [],
    names: 0,
  };
  try {
    await play(scene);
    await settle(scene);
    const { seen } = world.oracle();
    met.copies += seen.near + seen.conflict;
    met.bad += seen.bad;
    met.answersLost += world.met.answersLost;
    met.throttled += world.met.throttled;
    met.kinesisFaults += Object.values(world.services.kinesis.faults.counts).reduce((a, b) => a + b, 0);
  } finally {
    await Promise.allSettled(scene.crew.map(({ speed }) => speed.stop()));
    await world.close();
    await Promise.all(scene.dying);
    directory.remove();
  }
};
