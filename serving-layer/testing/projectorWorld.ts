import { type DurationMs, durationMs } from "@freshet/model";
import type { TrendDocuments } from "@freshet/storage";
import { createFlushNumbers } from "../projector/flushNumbers.js";
import { createProjector, type Projector, type StepReport } from "../projector/createProjector.js";
import type { ProjectionSettings } from "../projector/settings.js";
import type { Reader } from "../reader/reader.js";
import type { World } from "./world.js";

const MINUTE_MS = 60_000;
const STEPS_MAX = 500;

export const FIVE_MINUTES: DurationMs = durationMs(5 * MINUTE_MS);

export const PROJECTION: ProjectionSettings = {
  windows: [{ windowMs: FIVE_MINUTES, everyMs: durationMs(2 * MINUTE_MS) }],
  top: 4,
  watch: [],
  reopenMs: durationMs(40 * MINUTE_MS),
};

/** A projector as a process of its own would have it: nothing remembered, flush numbers of its own. */
export const openProjector = (
  world: World,
  reader: Reader,
  stores: readonly TrendDocuments[],
  settings: Partial<ProjectionSettings> = {},
): Projector =>
  createProjector({
    reader,
    stores,
    settings: { ...PROJECTION, ...settings },
    flushes: createFlushNumbers(world.data.records),
    now: () => world.nowMs,
  });

/** Steps until nothing waits, and says all that was done. @throws what a store failed of */
export const drain = async (
  projector: Projector,
): Promise<Omit<StepReport, "newestMs" | "waiting" | "failures">> => {
  let [written, removed, superseded] = [0, 0, 0];
  const refused: StepReport["refused"][number][] = [];
  for (let step = 0; step < STEPS_MAX; step++) {
    const report = await projector.step();
    if (report.failures.length > 0) throw report.failures[0];
    written += report.written;
    removed += report.removed;
    superseded += report.superseded;
    refused.push(...report.refused);
    if (report.waiting === 0) return { written, removed, superseded, refused };
  }
  throw new Error(`a projector was not done within ${STEPS_MAX} steps`);
};
