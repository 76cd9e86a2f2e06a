import { type DurationMs, parseDuration } from "@freshet/model";
import {
  checkProjection,
  type ProjectionSettings,
  type Reader,
  type RunningProjector,
  type RunSettings,
  startProjector,
} from "@freshet/serving-layer";
import { type DocumentsConfig, openDocuments } from "@freshet/storage";
import type { Line } from "./line.js";

const DEFAULTS = {
  windows: [{ window: "1h", every: "5m" }],
  top: 50,
  reopen: "3h",
  keep: "30d",
  everyMs: 1_000,
} as const;

const projectionOf = (documents: DocumentsConfig, reopenMs: DurationMs | undefined): ProjectionSettings => ({
  windows: (documents.windows ?? DEFAULTS.windows).map(({ window, every }) => ({
    windowMs: parseDuration(window),
    everyMs: parseDuration(every),
  })),
  top: documents.top ?? DEFAULTS.top,
  watch: documents.watch ?? [],
  reopenMs: reopenMs ?? parseDuration(documents.reopen ?? DEFAULTS.reopen),
});

const runOf = ({ keep = DEFAULTS.keep, everyMs = DEFAULTS.everyMs }: DocumentsConfig): RunSettings => ({
  everyMs,
  keepMs: parseDuration(keep),
});

export interface Projection {
  readonly running: RunningProjector;
  /** Where documents go, for messages. */
  readonly places: readonly string[];
  stop(): Promise<void>;
}

/**
 * Projects the reader's answers to where the store's configuration says. The role must be held.
 *
 * @param reopenMs in place of what the configuration says
 */
export const startProjection = async (
  line: Line,
  reader: Reader,
  reopenMs?: DurationMs,
): Promise<Projection> => {
  const { data, logger, store } = line;
  const projection = projectionOf(store.documents ?? {}, reopenMs);
  for (const found of await checkProjection(reader, projection)) logger.warn(found);
  const documents = await openDocuments(store, data, Date.now);
  const running = startProjector({
    reader,
    data,
    documents,
    projection,
    run: runOf(store.documents ?? {}),
    logger,
    now: Date.now,
  });
  return {
    running,
    places: documents.trends.map(({ place }) => place),
    async stop() {
      await running.stop();
      await documents.close();
    },
  };
};
