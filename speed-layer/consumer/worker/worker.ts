import { setMaxListeners } from "node:events";
import { type Clock, pause } from "../clock.js";
import { createHeldLease, type HeldLease } from "../lease/heldLease.js";
import { byShard, isEnded, type Lease } from "../lease/lease.js";
import { createTimedStore } from "../lease/timedStore.js";
import type { LeaseStore } from "../lease/store.js";
import { audit, NOTHING_AUDITED } from "../plan/coverage.js";
import type { InitialPosition } from "../plan/newLeases.js";
import { isFree, nextExpiryMs, type Observations, observe } from "../plan/observe.js";
import { type OwnershipAction, planOwnership } from "../plan/ownership.js";
import { turnOf } from "../plan/parents.js";
import { type ChildShard, planShardEnd } from "../plan/shardEnd.js";
import type { ProcessShard } from "../session/shardSession.js";
import type { ReadBudget } from "../source/readBudget.js";
import { createReadBudget } from "../source/readBudget.js";
import type { RecordSource } from "../source/source.js";
import type { KinesisStream, StartingPoint } from "../stream/stream.js";
import type { Report, SyncReason } from "./report.js";
import { runSession } from "./runSession.js";
import type { WorkerSettings } from "./settings.js";
import { shuffle } from "./shuffle.js";
import { createShardSync } from "./sync.js";
import { createLags, type ShardStatus } from "./lags.js";

/** A look that is due because a lease runs out comes this much later: so that it has. */
const AFTER_EXPIRY_MS = 5;
const SCAN_MIN_MS = 50;

export interface WorkerOptions {
  /** No other worker, of this process or another, now or later, may have the same. */
  readonly id: string;
  readonly store: LeaseStore;
  readonly stream: KinesisStream;
  readonly initial: InitialPosition;
  readonly process: ProcessShard;
  /** How a shard is read. */
  readonly openSource: (shard: string, from: StartingPoint, budget: ReadBudget) => RecordSource;
  readonly settings: WorkerSettings;
  readonly clock: Clock;
  /** From 0 to under 1. */
  readonly random: () => number;
  readonly report: (report: Report) => void;
}

export interface Worker {
  readonly shards: readonly ShardStatus[];
  /** Lets handlers finish what they have, stores what is accepted, gives the leases back. */
  stop(): Promise<void>;
  /** Resolves after `stop`. Rejects with what stopped it otherwise. */
  readonly done: Promise<void>;
}

export const startWorker = (options: WorkerOptions): Worker => {
  const { id: me, clock, settings, random, report } = options;
  const store = createTimedStore(options.store, clock, settings.leaseTimeoutMs);
  const sync = createShardSync({ ...options, store, requestTimeoutMs: settings.requestTimeoutMs });
  const budget = createReadBudget({ bytesMax: settings.bufferBytesMax, readsMax: settings.readsMax });
  const stopping = new AbortController();
  // Every shard listens; Node warns of more than ten.
  setMaxListeners(0, stopping.signal);
  const lags = createLags(clock);
  const sessions = new Map<string, { readonly held: HeldLease; readonly over: Promise<void> }>();
  let observations: Observations = new Map();
  let audited = NOTHING_AUDITED;
  let cleanedMs = clock.elapsedMs();
  let failure: { readonly error: unknown } | null = null;
  let wake = new AbortController();

  const fail = (error: unknown): void => {
    failure ??= { error };
    stopping.abort();
    wake.abort();
  };

  const makeLeases = async (why: SyncReason): Promise<void> => {
    const shards = await sync.run();
    if (shards.length > 0) report({ kind: "leasesMade", shards, why });
  };

  /** What the shard became has leases before the shard is called ended, or nobody might ever read it. */
  const endShard = async (held: HeldLease, children: readonly ChildShard[]): Promise<void> => {
    const { shard } = held;
    const relatives = new Set(children.flatMap(({ id, parents }) => [id, ...parents]));
    relatives.delete(shard);
    const found = await Promise.all([...relatives].map((id) => store.read(id)));
    const leases = byShard(found.filter((lease) => lease !== null));
    const plan = planShardEnd(shard, children, leases);
    if (plan.kind === "sync") await makeLeases("shardEnd");
    const missing = plan.kind === "create" ? plan.leases : [];
    for (const lease of missing) await store.create(lease);
    if (missing.length > 0)
      report({ kind: "leasesMade", shards: missing.map((lease) => lease.shard), why: "shardEnd" });
    await held.end(children.map(({ id }) => id));
    if (children.length === 0) report({ kind: "shardTrimmed", shard });
  };

  const hold = (taken: Lease, sentMs: number): void => {
    const { shard } = taken;
    const held = createHeldLease({
      store,
      clock,
      leaseMs: settings.leaseMs,
      me,
      taken,
      sentMs,
      onRenewalFailed: (error) =>
        report({ kind: "leaseWorkFailed", what: `renewing the lease of ${shard}`, error }),
    });
    const over = runSession({
      ...options,
      held,
      stopping: stopping.signal,
      openSource: (from) => options.openSource(shard, from, budget),
      endShard: (children) => endShard(held, children),
      onBatch: (batch) => lags.given(shard, batch),
      onAccepted: () => lags.accepted(shard),
    })
      .then((end) => report({ kind: "sessionEnded", shard, end }), fail)
      .finally(() => {
        held.abandon();
        lags.over(shard);
        sessions.delete(shard);
        wake.abort();
      });
    sessions.set(shard, { held, over });
  };

  const take = async (lease: Lease): Promise<boolean> => {
    const sentMs = clock.elapsedMs();
    const outcome = await store.change(lease, {
      raisesCounter: true,
      owner: me,
      checkpointOwner: null,
      ...(lease.owner === me ? {} : { ownerSwitches: lease.ownerSwitches + 1 }),
    });
    if (outcome.kind === "changed") hold(outcome.lease, sentMs);
    return outcome.kind === "changed";
  };

  const act = async (action: OwnershipAction): Promise<void> => {
    const { lease } = action;
    const { shard } = lease;
    try {
      if (action.kind === "take") {
        if (await take(lease)) report({ kind: "leaseTaken", shard, reason: action.reason });
      } else if (lease.owner !== null) {
        const asked = { raisesCounter: false, owner: me, checkpointOwner: lease.owner };
        const outcome = await store.change(lease, asked);
        if (outcome.kind === "changed") report({ kind: "leaseAsked", shard, of: lease.owner });
      }
    } catch (error) {
      report({
        kind: "leaseWorkFailed",
        what: `${action.kind === "take" ? "taking" : "asking for"} the lease of ${shard}`,
        error,
      });
    }
  };

  const look = async (): Promise<void> => {
    const leases = await store.list(false);
    const nowMs = clock.elapsedMs();
    observations = observe(observations, leases, nowMs);
    audited = audit(audited, leases);
    const table = byShard(leases);
    const standing = [...observations.values()].filter(({ lease }) => !isEnded(lease));
    const turns = new Map(standing.map(({ lease }) => [lease.shard, turnOf(lease, table, sync.past)]));
    const workable = standing.filter(({ lease }) => turns.get(lease.shard) === "come");
    const held = new Set(sessions.keys());
    const shuffled = <T>(list: readonly T[]): readonly T[] => shuffle(list, random);
    const actions = planOwnership({ me, workable, held, nowMs, shuffled }, settings);
    await Promise.all(actions.map(act));

    const free = workable.filter((observed) => isFree(observed, nowMs, settings.leaseMs)).length;
    if (held.size >= settings.leasesMax && free > 0) report({ kind: "leasesCapped", free });
    if (audited.calls) await makeLeases("hole");
    else if ([...turns.values()].includes("parentsUnknown")) await makeLeases("unknownParents");
    if (nowMs - cleanedMs >= settings.cleanMs) {
      cleanedMs = nowMs;
      if (leases.some(isEnded)) {
        const shards = await sync.clean();
        if (shards.length > 0) report({ kind: "leasesRemoved", shards });
      }
    }
  };

  const untilNextLook = (): number => {
    const nowMs = clock.elapsedMs();
    const expiryMs = nextExpiryMs(observations, nowMs, settings.leaseMs);
    const scanMs = settings.scanMs * (0.9 + 0.2 * random());
    return Math.max(
      SCAN_MIN_MS,
      Math.min(scanMs, expiryMs === null ? scanMs : expiryMs - nowMs + AFTER_EXPIRY_MS),
    );
  };

  const run = async (): Promise<void> => {
    let isSynced = false;
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      try {
        if (!isSynced) await makeLeases("start");
        isSynced = true;
        await look();
      } catch (error) {
        report({ kind: "leaseWorkFailed", what: "looking at the leases", error });
      }
      await pause(clock, untilNextLook(), wake.signal);
    }
    const over = Promise.all([...sessions.values()].map((session) => session.over));
    const late = new AbortController();
    await Promise.race([over, pause(clock, settings.stopMs, late.signal)]);
    late.abort();
    for (const { held } of sessions.values()) held.abandon();
    if (failure) throw failure.error;
  };

  const done = run();
  done.catch(() => {});
  return {
    get shards() {
      return [...sessions.keys()].map((shard) => lags.of(shard));
    },
    stop: async () => {
      stopping.abort();
      wake.abort();
      await done.catch(() => {});
    },
    done,
  };
};
