import { Session } from "node:inspector/promises";
import type { Profiler } from "node:inspector";

/** Tells which code of this process ran, by the engine's own block counts. */
export interface Coverage {
  /** What of the watched code ran since the last call: each block, and whether once or more often. */
  take(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** `watches` picks scripts by their address; code made by `new Function` has the one that its `sourceURL` gives. */
export const startCoverage = async (watches: (url: string) => boolean): Promise<Coverage> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    take: async () => {
      const { result } = await session.post("Profiler.takePreciseCoverage");
      return result.filter(({ url }) => watches(url)).flatMap(blocksOf);
    },
    stop: async () => {
      await session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
};

const blocksOf = ({ url, functions }: Profiler.ScriptCoverage): readonly string[] =>
  functions.flatMap(({ ranges }) =>
    ranges.flatMap(({ startOffset, endOffset, count }) =>
      count === 0 ? [] : [`${url}:${startOffset}-${endOffset}${count > 1 ? "+" : ""}`],
    ),
  );
