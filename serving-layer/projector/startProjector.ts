import { setTimeout as timeout } from "node:timers/promises";
import type { DataStore, DocumentStores } from "@freshet/storage";
import type { Reader } from "../reader/reader.js";
import { createFlushNumbers } from "./flushNumbers.js";
import { createLetterFollower } from "./letterFollower.js";
import { createProjector } from "./createProjector.js";
import {
  type ProjectorLogger,
  type RunningProjector,
  type RunSettings,
  runProjector,
} from "./runProjector.js";
import type { ProjectionSettings } from "./settings.js";

export interface ProjectorStart {
  readonly reader: Reader;
  readonly data: Pick<DataStore, "deadLetters" | "records">;
  readonly documents: DocumentStores;
  readonly projection: ProjectionSettings;
  readonly run: RunSettings;
  readonly logger: ProjectorLogger;
  readonly now: () => number;
}

/** Projects until it is stopped. Whoever starts it holds the lease of the role, and stops it when that is lost. */
export const startProjector = (start: ProjectorStart): RunningProjector => {
  const { reader, data, documents, projection, run, logger, now } = start;
  const { deadLetters, records } = data;
  const { trends, letters } = documents;
  return runProjector({
    projector: createProjector({
      reader,
      stores: trends,
      settings: projection,
      flushes: createFlushNumbers(records),
      now,
    }),
    letters: letters && createLetterFollower({ deadLetters, index: letters, keepMs: run.keepMs, now }),
    stores: trends,
    logger,
    settings: run,
    now,
    sleep: (ms, signal) => timeout(ms, undefined, { signal }).catch(() => undefined),
  });
};
