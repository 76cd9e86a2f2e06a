import { Worker } from "node:worker_threads";
import type { ShardId } from "@freshet/model";
import type { RequestCounts, Shard } from "@freshet/storage";
import { SpeedFailure } from "../failure.js";
import type { Report } from "../report.js";
import type { CrewCommand } from "./crewLoop.js";
import type { CrewHost } from "./host.js";
import type { FromThread, ThreadData } from "./threadMessages.js";

const THREAD = new URL("./thread.js", import.meta.url);
/** A thread that dies more often is not started again. */
const RESTARTS_MAX = 5;

export interface ThreadHostOptions {
  /** A new one for each start: names of what a dead thread wrote are never used again. */
  readonly dataOf: () => ThreadData;
  readonly report: Report;
  readonly counts: RequestCounts | undefined;
  readonly onFailure: (error: unknown) => void;
  readonly onDeath: (error: Error | null, restarts: number) => void;
}

/** Runs a crew in a thread. One that dies is started again, and goes on from the checkpoints. */
export const createThreadHost = (options: ThreadHostOptions): CrewHost => {
  const shards = new Map<ShardId, Shard>();
  const ids = new Set<ShardId>();
  let restarts = 0;
  let over = false;
  let stopped: () => void = () => undefined;
  const whenStopped = new Promise<void>((resolve) => {
    stopped = resolve;
  });

  const finish = (): void => {
    over = true;
    stopped();
  };

  const start = (): Worker => {
    // built files, whatever conditions this process resolves by
    const worker = new Worker(THREAD, { workerData: options.dataOf(), execArgv: [] });
    let death: Error | null = null;
    worker.on("message", (message: FromThread) => {
      switch (message.kind) {
        case "report":
          if (message.report.kind === "shard_ended") drop(message.report.shard);
          options.report(message.report);
          return;
        case "requests":
          options.counts?.takeIn(message.writer, message.all);
          return;
        case "failed":
          finish();
          options.onFailure(new SpeedFailure(message.failure, message.message));
          return;
        case "stopped":
          finish();
      }
    });
    worker.on("error", (error: Error) => {
      death = error;
    });
    worker.on("exit", () => {
      if (over) return;
      restarts++;
      options.onDeath(death, restarts);
      if (restarts > RESTARTS_MAX) {
        finish();
        options.onFailure(
          new SpeedFailure(
            "defect",
            `a speed thread died ${restarts} times: ${death?.message ?? "no error"}`,
            death,
          ),
        );
        return;
      }
      current = start();
      for (const shard of shards.values()) send({ kind: "assign", shard });
    });
    return worker;
  };

  const send = (command: CrewCommand): void => {
    if (!over) current.postMessage(command);
  };
  const drop = (shard: ShardId): void => {
    shards.delete(shard);
    ids.delete(shard);
  };
  let current = start();

  return {
    shards: ids,
    assign(shard) {
      shards.set(shard.id, shard);
      ids.add(shard.id);
      send({ kind: "assign", shard });
    },
    release(shard) {
      drop(shard);
      send({ kind: "release", shard });
    },
    stop() {
      send({ kind: "stop" });
      return whenStopped;
    },
  };
};
