import { type Clock, pause } from "../clock.js";
import { compareCheckpoints } from "../lease/checkpoint.js";
import type { HeldLease } from "../lease/heldLease.js";
import type { InitialPosition } from "../plan/newLeases.js";
import type { ChildShard } from "../plan/shardEnd.js";
import { type OpenSession, openSession } from "../session/openSession.js";
import type { Batch, ProcessShard, SessionEnd } from "../session/shardSession.js";
import type { RecordSource } from "../source/source.js";
import { startOf } from "../stream/start.js";
import { type StartingPoint, StreamFailure } from "../stream/stream.js";
import type { Report } from "./report.js";
import type { WorkerSettings } from "./settings.js";

/** A handler came back though its shard had not ended and nobody had asked for it. */
export class ReturnedEarly extends Error {
  override readonly name = "ReturnedEarly";
}

export interface RunSessionOptions {
  readonly held: HeldLease;
  readonly initial: InitialPosition;
  readonly process: ProcessShard;
  readonly openSource: (from: StartingPoint) => RecordSource;
  /** Makes the children's leases and names the shard ended. */
  readonly endShard: (children: readonly ChildShard[]) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly settings: WorkerSettings;
  readonly clock: Clock;
  readonly report: (report: Report) => void;
  readonly onBatch: (batch: Batch) => void;
  readonly onAccepted: () => void;
}

/**
 * Works a shard for as long as the lease is held. Rejects when the stream is gone, or when the handler has failed `failuresMax` times: a
 * shard is never renewed that is not worked.
 */
export const runSession = async (options: RunSessionOptions): Promise<SessionEnd> => {
  const { held, settings, clock, report, stopping, process, endShard } = options;
  const { shard } = held;
  const leaving = AbortSignal.any([held.lost, held.asked, stopping]);

  const open = (): OpenSession => {
    const { from, after } = startOf(held.accepted, held.taken, options.initial);
    return openSession({
      ...options,
      ...settings,
      source: options.openSource(from),
      after,
      onMisrouted: (count) =>
        report({ kind: "misrouted", shard, count, isDropped: settings.misrouted === "drop" }),
    });
  };

  const attempt = async (session: OpenSession): Promise<SessionEnd> => {
    await process(session);
    if (!held.isHeld()) return "lost";
    if (session.end === null)
      throw new ReturnedEarly(`the handler of ${shard} returned before the shard's end`);
    return session.end;
  };

  /** A write of the lease table, until it succeeds or the lease is lost. */
  const insist = async (what: string, write: () => Promise<void>): Promise<void> => {
    while (held.isHeld()) {
      try {
        return await write();
      } catch (error) {
        report({ kind: "leaseWorkFailed", what: `${what} of ${shard}`, error });
        await pause(clock, settings.retryMinMs, held.lost);
      }
    }
  };

  const finish = async (end: SessionEnd, children: readonly ChildShard[]): Promise<SessionEnd> => {
    if (end === "ended") await insist("the end", () => endShard(children));
    else if (end !== "lost") await insist("the release", () => held.release());
    return held.lost.aborted ? "lost" : end;
  };

  for (let failures = 1; ; failures++) {
    const before = held.accepted;
    const session = open();
    try {
      const end = await attempt(session);
      return await finish(end, session.children ?? []);
    } catch (error) {
      if (!held.isHeld()) return "lost";
      if (compareCheckpoints(held.accepted, before) > 0) failures = 1;
      report({ kind: "processFailed", shard, attempt: failures, error });
      const isFatal =
        failures >= settings.failuresMax || (error instanceof StreamFailure && error.kind === "gone");
      if (isFatal) {
        await finish("stopping", []);
        throw error;
      }
      await pause(clock, Math.min(settings.retryMaxMs, settings.retryMinMs * 2 ** (failures - 1)), leaving);
      if (leaving.aborted) return await finish(stopping.aborted ? "stopping" : "asked", []);
    } finally {
      session.close();
    }
  }
};
