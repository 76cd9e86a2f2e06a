import { setTimeout as sleep } from "node:timers/promises";
import { revertTo } from "@freshet/batch-layer";
import type { SegmentRecord, ShardId } from "@freshet/model";
import type { Random } from "@freshet/simulators";
import { publishApp } from "@freshet/speed-layer";
import { expect } from "vitest";
import { ask } from "../../laws/run.js";
import type { createStream } from "../../laws/stream.js";
import { lawAppWithMore } from "./app.js";
import { glance } from "./glance.js";
import type { WireLawsMet } from "./met.js";
import { LEASE_TTL_MS, type Worker, type WireWorld } from "./world.js";

/** Event times lie so far before their arrival, so that ranges that hold them can be settled at once. */
const BEHIND_MS = 120_000;
const LOOKS_MAX = 400;
const LOOK_AGAIN_AFTER_MS = 50;
const PHANTOM_MS = 60_000;
/** In which a worker would look for shards and open one. */
const BACKLOG_MS = 1_500;

export interface Scene {
  readonly world: WireWorld;
  readonly random: Random;
  readonly stream: ReturnType<typeof createStream>;
  readonly met: WireLawsMet;
  /** Who works now. */
  readonly crew: Worker[];
  /** Of those that were killed: they resolve when nothing of them is left in this process. */
  readonly dying: Promise<unknown>[];
  readonly published: number[];
  names: number;
}

export const until = async (what: string, look: () => Promise<boolean> | boolean): Promise<void> => {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if (await look()) return;
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
  throw new Error(`${what}: not after ${LOOKS_MAX} looks`);
};

export const send = async (
  { world, random, stream, met }: Scene,
  count = 1 + random.integer(40),
): Promise<void> => {
  met.events += count;
  await world.send(Array.from({ length: count }, () => stream.next(Date.now() - BEHIND_MS)));
};

export const hire = async (scene: Scene): Promise<void> => {
  scene.crew.push(await scene.world.startWorker(`w${scene.names++}`));
};

/** Until all that lies in the log is folded, whoever does it. */
export const caughtUp = async ({ crew }: Scene): Promise<void> => {
  const [first] = crew;
  if (!first) throw new Error("nobody works");
  await Promise.race([
    first.speed.caughtUp(),
    ...crew.map(async ({ name, speed }) => {
      throw new Error(`${name} failed`, { cause: await speed.failed });
    }),
  ]);
};

/** Everything is at rest: answers equal the oracle, and the ledger too. */
export const compare = async (scene: Scene): Promise<void> => {
  await caughtUp(scene);
  const { world, met } = scene;
  await ask({ oracle: world.oracle(), withReader: world.withReader }, true, met);
  for (const { said } of scene.crew) expect(said.conflicts).toBe(0);
};

const startedBy = (crew: readonly Worker[]): number => crew.reduce((sum, { said }) => sum + said.started, 0);

/** Sends until a worker is in the middle of a flush (bodies are written first, then the records that name them), and holds it there. */
const heldInAFlush = async (scene: Scene): Promise<Worker> => {
  let victim: Worker | null = null;
  for (const one of scene.crew)
    one.wire.holdFrom(({ service, operation }) => {
      if (service === "s3" && operation === "PUT") victim ??= one;
      return victim === one;
    });
  await until("a flush", async () => {
    await send(scene);
    return victim !== null;
  });
  return victim ?? (await heldInAFlush(scene));
};

const leave = ({ crew }: Scene, worker: Worker): void => {
  crew.splice(crew.indexOf(worker), 1);
};

/** A split while readers are behind, and a child shard that nobody works for a while: what it holds is missing, by name. */
export const split = async (scene: Scene): Promise<void> => {
  const { world, met } = scene;
  // the parent is still to be read while its children are there: their copies of its events are known only after it
  const readAgain = world.services.kinesis.faults.add({ fault: "throttle", operations: ["GetRecords"] });
  await send(scene, 30);
  const { parent, children } = await world.split();
  const [orphan] = children;
  expect(await world.data.leases.acquire(`speed/${orphan}`, "phantom", PHANTOM_MS)).toEqual({ kind: "held" });
  await send(scene, 60);
  await sleep(BACKLOG_MS);
  readAgain();
  await until("the parent's end", async () => (await lastSegment(scene, parent))?.ended ?? false);
  const answer = await glance(world, met);
  expect(answer?.status).toBe("partial");
  expect(answer?.missing).toContainEqual({ kind: "stale_tip", shard: orphan, lastSeen: null });
  met.orphaned++;
  await world.data.leases.release(`speed/${orphan}`, "phantom");
  met.splits++;
};

const lastSegment = async ({ world }: Scene, shard: ShardId): Promise<SegmentRecord | undefined> =>
  (await world.data.increments.segments(shard, null, 100_000)).at(-1);

export const merge = async (scene: Scene): Promise<void> => {
  await scene.world.merge();
  await send(scene);
  scene.met.merges++;
};

/** A worker's process is gone from one request to the next, in the middle of a flush. */
export const kill = async (scene: Scene): Promise<void> => {
  const { crew, met, dying } = scene;
  const victim = await heldInAFlush(scene);
  leave(scene, victim);
  const before = startedBy(crew);
  victim.wire.cut();
  dying.push(victim.speed.stop().catch(() => undefined));
  await send(scene);
  await caughtUp(scene);
  met.kills++;
  met.takeOvers += startedBy(crew) - before;
  await hire(scene);
};

const finishedOf = (
  segments: ReadonlyMap<ShardId, readonly SegmentRecord[]>,
): ReadonlyMap<string, SegmentRecord> =>
  new Map(
    [...segments].flatMap(([shard, records]) =>
      records
        .filter(({ finished }) => finished)
        .map((record) => [`${shard} ${record.tick}.${record.ordinal}`, record] as const),
    ),
  );

/** A worker stands still in the middle of a flush, past its leases, and goes on: what it writes then changes nothing. */
export const freeze = async (scene: Scene): Promise<void> => {
  const { world, crew, met } = scene;
  const victim = await heldInAFlush(scene);
  const others = crew.filter((one) => one !== victim);
  const before = startedBy(others);
  await sleep(LEASE_TTL_MS);
  await send(scene);
  await until("another takes over", () => startedBy(others) > before);
  await until("all is folded", async () => {
    await caughtUp({ ...scene, crew: others });
    return true;
  });
  met.takeOvers += startedBy(others) - before;
  const standing = finishedOf(await world.segments());
  const late = world.met.lateWrites;
  victim.wire.letGo();
  met.lateWrites += world.met.lateWrites - late;
  await send(scene);
  await caughtUp(scene);
  const after = finishedOf(await world.segments());
  for (const [name, record] of standing) expect(after.get(name), name).toEqual(record);
  met.freezes++;
};

/** The whole log is folded again, from its beginning: what was finished stays as it is, to the byte. */
export const replay = async (scene: Scene): Promise<void> => {
  const { world, crew, met } = scene;
  for (const worker of crew.splice(0)) await worker.speed.stop();
  const standing = finishedOf(await world.segments());
  crew.push(await world.startWorker("replayer", { kind: "beginning" }));
  await caughtUp(scene);
  const after = finishedOf(await world.segments());
  for (const [name, record] of standing) expect(after.get(name), name).toEqual(record);
  for (const { said } of crew) expect(said.conflicts).toBe(0);
  met.replayed += standing.size;
};

/** Worker by worker, while events come. */
export const deploy = async (scene: Scene): Promise<void> => {
  const { world, crew, met } = scene;
  await publishApp(world.data.records, world.data.log, lawAppWithMore, Date.now());
  for (const worker of [...crew]) {
    leave(scene, worker);
    await worker.speed.stop();
    await hire(scene);
    await send(scene);
  }
  met.deploys++;
};

export const batch = async (scene: Scene, rebuild = false): Promise<void> => {
  const { world, met, published, random } = scene;
  await world.firehose.deliver(random.chance(0.6));
  const landed = await world.land();
  met.fromErrorPrefix += landed.mended;
  const manifest = await world.batch(rebuild);
  expect(manifest?.disagreements ?? []).toEqual([]);
  if (manifest && manifest.generation !== published.at(-1)) published.push(manifest.generation);
  met.batches++;
  if (rebuild) met.rebuilds++;
};

export const revert = async ({ world, met, published }: Scene): Promise<void> => {
  const to = published.at(-2);
  if (to === undefined) return;
  await revertTo({ data: world.line, generation: to });
  published.pop();
  met.reverts++;
};
