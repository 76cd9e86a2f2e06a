import { setTimeout as sleep } from "node:timers/promises";
import type { ShardId } from "@freshet/model";
import type { Shard, ShardLog } from "@freshet/storage";
import type { Crew } from "../worker/crew.js";

export type CrewCommand =
  | { readonly kind: "assign"; readonly shard: Shard }
  | { readonly kind: "release"; readonly shard: ShardId }
  | { readonly kind: "stop" };

export interface CrewLoop {
  command(command: CrewCommand): void;
  /** Resolves when stopped, rejects when the crew failed. */
  readonly done: Promise<void>;
}

/** Runs a crew until it is told to stop; commands take effect between steps. */
export const runCrew = (crew: Crew, log: ShardLog, pollAfterMs: number, now: () => number): CrewLoop => {
  const commands: CrewCommand[] = [];

  const obey = async (): Promise<"go" | "stop"> => {
    for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
      if (command.kind === "stop") return "stop";
      if (command.kind === "assign") await crew.assign(command.shard);
      else crew.release(command.shard);
    }
    return "go";
  };

  const run = async (): Promise<void> => {
    while ((await obey()) === "go") {
      const startedMs = now();
      const more = await crew.step();
      if (more) continue;
      await log.wait(Math.max(1, crew.untilDueMs()));
      const restMs = startedMs + pollAfterMs - now();
      if (restMs > 0) await sleep(restMs);
    }
    await crew.flush();
  };

  return { command: (command) => void commands.push(command), done: run() };
};
