import assert from "node:assert/strict";
import { createRandom } from "@freshet/simulators";
import { SHARD_END } from "../lease/checkpoint.js";
import { createWorld, START_MS } from "./world.js";

/** How often what the laws must stand has come to pass. */
export interface StormCounts {
  records: number;
  workedTwice: number;
  splits: number;
  merges: number;
  trims: number;
  freezes: number;
  frozenPastLease: number;
  deaths: number;
  births: number;
  rowsDeleted: number;
  lostResponses: number;
  handedOver: number;
  expiredTaken: number;
  readFailures: number;
}

export const NO_STORM: StormCounts = {
  records: 0,
  workedTwice: 0,
  splits: 0,
  merges: 0,
  trims: 0,
  freezes: 0,
  frozenPastLease: 0,
  deaths: 0,
  births: 0,
  rowsDeleted: 0,
  lostResponses: 0,
  handedOver: 0,
  expiredTaken: 0,
  readFailures: 0,
};

/** What workers ask; what happens to the stream itself happens at once. */
const DISTURBED: ReadonlySet<string> = new Set(["GetRecords", "GetShardIterator", "ListShards"]);
const STORM_MS = 120_000;
const WORKERS_MAX = 5;
const SHARDS_MAX = 8;
/** For leases to run out, hand-overs to be forced, and every retry to be over. */
const CALM_MS = 150_000;

/** One run of everything that may happen to workers, leases and shards, decided by the seed. @throws when a law breaks */
export const runStorm = async (seed: number): Promise<StormCounts> => {
  const random = createRandom(seed, "storm");
  const counts = { ...NO_STORM };
  const world = await createWorld({
    seed,
    shards: 1 + random.integer(3),
    handlingMs: random.pick([0, 20, 400]),
    settings: { stopMs: 5_000 },
    kinesis: {
      latencyMs: (operation, draw) => (DISTURBED.has(operation) ? 2 + draw.unit() * 30 : 0),
      faults: [
        {
          fault: "lostResponse",
          operations: ["GetRecords", "GetShardIterator", "ListShards"],
          probability: 0.02,
        },
        { fault: "throttle", operations: ["GetRecords", "GetShardIterator"], probability: 0.03 },
        { fault: "expiredIterator", operations: ["GetRecords"], probability: 0.02 },
        { fault: "emptyRead", operations: ["GetRecords"], probability: 0.05 },
        { fault: "endWithoutChildren", operations: ["GetRecords"], probability: 0.3 },
        { fault: "hang", operations: ["GetRecords", "ListShards"], probability: 0.003 },
      ],
    },
  });
  world.leaseFaults.latencyMs = 40;
  world.leaseFaults.lostRequests = 0.02;
  world.leaseFaults.lostResponses = random.pick([0.02, 0.1]);
  const living: ReturnType<typeof world.startWorker>[] = [];
  const all: ReturnType<typeof world.startWorker>[] = [];
  const born = (): void => {
    const worker = world.startWorker(`w${all.length}`);
    living.push(worker);
    all.push(worker);
    counts.births++;
  };
  for (let index = 0; index < 3; index++) born();

  const reshard = async (): Promise<void> => {
    const open = [...(await world.openShards())].sort((a, b) => (a.first < b.first ? -1 : 1));
    const at = random.integer(open.length);
    const [one, next] = [open[at], open[at + 1]];
    if (one && next && (open.length >= SHARDS_MAX || random.chance(0.5))) {
      await world.merge(one, next);
      counts.merges++;
    } else if (one && open.length < SHARDS_MAX) {
      await world.split(one);
      counts.splits++;
    }
  };

  const happen: readonly (readonly [number, () => Promise<void> | void])[] = [
    [
      40,
      async () => {
        for (let left = random.integer(12); left >= 0; left--) await world.put(random.pick([1, 1, 3]));
      },
    ],
    [3, reshard],
    [
      3,
      () => {
        const worker = random.pick(living);
        if (worker.freezer.isFrozen) return;
        const ms = random.pick([2_000, 9_000, 15_000, 45_000]);
        counts.freezes++;
        if (ms > 10_000) counts.frozenPastLease++;
        worker.freezer.freeze();
        // One that died meanwhile stays so.
        world.clock.after(ms, () => living.includes(worker) && worker.freezer.thaw());
      },
    ],
    [
      1,
      () => {
        if (living.length < 2) return;
        const [dead] = living.splice(random.integer(living.length), 1);
        counts.deaths++;
        if (random.chance(0.5)) void dead?.worker.stop();
        else dead?.freezer.freeze();
      },
    ],
    [
      1,
      () => {
        if (living.length < WORKERS_MAX) born();
      },
    ],
    [
      1,
      () => {
        world.trim(world.clock.epochMs() - random.pick([5_000, 60_000]));
        counts.trims++;
      },
    ],
    [
      0.3,
      () => {
        // By hand, and only one that is worked: its holder puts it back. Without a holder, how far it came is lost, and it comes again.
        const held = world
          .rows()
          .filter(({ owner, checkpoint }) => owner !== null && checkpoint !== SHARD_END);
        if (held.length > 0 && world.table.rows.delete(random.pick(held).shard)) counts.rowsDeleted++;
      },
    ],
  ];
  const weights = happen.reduce((sum, [weight]) => sum + weight, 0);

  while (world.clock.epochMs() < START_MS + STORM_MS) {
    let draw = random.unit() * weights;
    const [, event] = happen.find(([weight]) => (draw -= weight) < 0) ?? happen[0]!;
    await event();
    await world.run(100 + random.integer(900));
  }

  world.kinesis.faults.clear();
  world.leaseFaults.lostRequests = 0;
  world.leaseFaults.lostResponses = 0;
  for (const { freezer } of living) freezer.thaw();
  await world.run(CALM_MS);

  assert.deepEqual(world.truth.unworked(), [], "records that nobody worked");
  const open = new Set((await world.openShards()).map(({ id }) => id));
  const working = living.flatMap(({ worker }) => worker.shards.map(({ shard }) => shard));
  assert.deepEqual(working.sort(), [...open].sort(), "each open shard is worked by one living worker");
  const shares = living.map(({ worker }) => worker.shards.length);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, `the shards are shared out ${shares.join(", ")}`);

  const reports = all.flatMap((worker) => worker.reports);
  counts.records = world.truth.recordCount;
  counts.workedTwice = world.truth.workedAgain;
  counts.lostResponses = world.struck.lostResponses;
  counts.handedOver = reports.filter(
    (report) => report.kind === "sessionEnded" && report.end === "asked",
  ).length;
  counts.expiredTaken = reports.filter(
    (report) => report.kind === "leaseTaken" && report.reason === "expired",
  ).length;
  counts.readFailures = reports.filter(({ kind }) => kind === "readFailed").length;
  return counts;
};
