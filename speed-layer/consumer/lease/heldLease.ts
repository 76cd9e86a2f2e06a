import type { Clock } from "../clock.js";
import { type Checkpoint, checkpointAt, compareCheckpoints, SHARD_END } from "./checkpoint.js";
import { holderOf, type Lease } from "./lease.js";
import { isEffectOf, isOnlyAskedFor } from "./ownWrite.js";
import type { Position } from "./position.js";
import { type ChangeOutcome, changed, type LeaseChange, type LeaseStore } from "./store.js";

/** In a lease's time. */
const RENEWALS = 3;
/** In the time between two renewals, when one has failed. */
const RETRIES = 4;

/** Why a lease is this worker's no longer. */
export type LossReason = "expired" | "taken";

/** A lease while this worker has it. Its writes go one after the other, each on what the one before left. */
export interface HeldLease {
  readonly shard: string;
  /** As the table had it when this worker took it. */
  readonly taken: Lease;
  /** The newest that has been accepted, written or not. */
  readonly accepted: Checkpoint;
  /** Aborted when the lease is this worker's no longer; its reason is a `LossReason`. */
  readonly lost: AbortSignal;
  /** Asks the clock too: after a stand-still of the process the signal comes late. */
  isHeld(): boolean;
  /** Aborted when another worker has asked for the lease. */
  readonly asked: AbortSignal;
  /** Everything through `position` is done with: written with the next renewal. */
  accept(position: Position): void;
  /** Writes what is accepted. False when the lease is lost. @throws what the store throws; then it may be tried again. */
  flush(): Promise<boolean>;
  /** Names the shard ended and lets go of it. False when the lease is lost. @throws as `flush`. */
  end(children: readonly string[]): Promise<boolean>;
  /** Writes what is accepted and lets go: to who has asked, or to anybody. @throws as `flush`. */
  release(): Promise<void>;
  /** Renews no more and writes nothing: others will find it expired. */
  abandon(): void;
}

export interface HeldLeaseOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly me: string;
  readonly taken: Lease;
  /** `elapsedMs` before the write was sent that took it. */
  readonly sentMs: number;
  readonly onRenewalFailed: (error: unknown) => void;
}

export const createHeldLease = (options: HeldLeaseOptions): HeldLease => {
  const { store, clock, leaseMs, me, taken, onRenewalFailed } = options;
  const lost = new AbortController();
  const asked = new AbortController();
  let current = taken;
  let accepted: Checkpoint = taken.checkpoint;
  /** Sent to the row as `current`, and never answered: at most one of them has taken effect. */
  let doubtful: LeaseChange[] = [];
  let letGo = false;
  let validUntilMs = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let cancelRenewal = (): void => {};
  let cancelExpiry = (): void => {};

  const stop = (): void => {
    cancelRenewal();
    cancelExpiry();
  };

  const lose = (reason: LossReason): void => {
    stop();
    if (!letGo) lost.abort(reason);
  };

  /** Counted from before the write was sent, as others count from after they saw it: this worker gives up first. */
  const extend = (sentMs: number): void => {
    validUntilMs = sentMs + leaseMs;
    cancelExpiry();
    cancelExpiry = clock.after(validUntilMs - clock.elapsedMs(), () => lose("expired"));
  };

  const isValid = (): boolean => {
    if (!lost.signal.aborted && clock.elapsedMs() >= validUntilMs) lose("expired");
    return !lost.signal.aborted;
  };

  const become = (standing: Lease): void => {
    current = standing;
    doubtful = [];
    if (holderOf(standing) !== me) {
      letGo = true;
      stop();
    } else if (standing.owner !== me) asked.abort();
  };

  /**
   * A row that was deleted comes back as this worker knows it: nothing else remembers how far the shard was worked. But not where it may
   * have been given to another already, who knows more.
   */
  const restore = async (change: LeaseChange): Promise<ChangeOutcome> => {
    const lease = changed(current, change);
    if (await store.create(lease)) return { kind: "changed", lease };
    return { kind: "refused", standing: await store.read(current.shard) };
  };

  const write = async (changeOf: (current: Lease) => LeaseChange): Promise<boolean> => {
    while (!letGo && isValid()) {
      const sentMs = clock.elapsedMs();
      const seen = current;
      const change = changeOf(seen);
      const before = doubtful;
      doubtful = [...before, change];
      let outcome = await store.change(seen, change);
      const mayBeGiven = before.some((earlier) => holderOf(changed(seen, earlier)) !== me);
      if (outcome.kind === "refused" && outcome.standing === null && !mayBeGiven && isValid())
        outcome = await restore(change);
      doubtful = before;
      if (outcome.kind === "changed") {
        become(outcome.lease);
        if (!letGo && isValid()) extend(sentMs);
        renewIn(leaseMs / RENEWALS);
        return true;
      }
      const { standing } = outcome;
      const isMine =
        standing !== null &&
        (isOnlyAskedFor(seen, standing) || before.some((earlier) => isEffectOf(seen, earlier, standing)));
      if (isMine) become(standing);
      else lose("taken");
    }
    return letGo;
  };

  const renewIn = (ms: number): void => {
    cancelRenewal();
    if (letGo || lost.signal.aborted) return;
    cancelRenewal = clock.after(ms, () => {
      flush().catch((error: unknown) => {
        onRenewalFailed(error);
        renewIn(leaseMs / RENEWALS / RETRIES);
      });
    });
  };

  const inTurn = (changeOf: (current: Lease) => LeaseChange): Promise<boolean> => {
    const result = turn.then(() => write(changeOf));
    turn = result.catch(() => {});
    return result;
  };

  const progress = ({ checkpoint }: Lease): Pick<LeaseChange, "checkpoint" | "ownerSwitches"> =>
    compareCheckpoints(accepted, checkpoint) > 0 ? { checkpoint: accepted, ownerSwitches: 0 } : {};

  const flush = (): Promise<boolean> => inTurn((seen) => ({ raisesCounter: true, ...progress(seen) }));

  extend(options.sentMs);
  renewIn(leaseMs / RENEWALS);
  return {
    shard: taken.shard,
    taken,
    get accepted() {
      return accepted;
    },
    lost: lost.signal,
    isHeld: () => !letGo && isValid(),
    asked: asked.signal,
    accept: (position) => {
      const checkpoint = checkpointAt(position);
      if (compareCheckpoints(checkpoint, accepted) > 0) accepted = checkpoint;
    },
    flush,
    end: (children) =>
      inTurn(() => ({
        raisesCounter: true,
        checkpoint: SHARD_END,
        children,
        owner: null,
        checkpointOwner: null,
        ownerSwitches: 0,
      })),
    release: async () => {
      await inTurn((seen) => ({
        raisesCounter: true,
        ...progress(seen),
        ...(seen.owner === me ? { owner: null } : { checkpointOwner: null }),
      }));
    },
    abandon: () => lose("expired"),
  };
};
