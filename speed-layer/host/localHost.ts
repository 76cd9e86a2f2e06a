import type { ShardId } from "@freshet/model";
import { type Crew, createCrew, type CrewOptions } from "../worker/crew.js";
import { runCrew } from "./crewLoop.js";
import type { CrewHost } from "./host.js";

/** Runs a crew in this thread. */
export const createLocalHost = (options: CrewOptions, onFailure: (error: unknown) => void): CrewHost => {
  const crew: Crew = createCrew(options);
  const loop = runCrew(crew, options.log, options.settings.pollAfterMs, options.now);
  const done = loop.done.catch(onFailure);
  const shards = new Set<ShardId>();
  return {
    shards,
    assign(shard) {
      shards.add(shard.id);
      loop.command({ kind: "assign", shard });
    },
    release(shard) {
      shards.delete(shard);
      loop.command({ kind: "release", shard });
    },
    stop() {
      loop.command({ kind: "stop" });
      return done;
    },
  };
};
