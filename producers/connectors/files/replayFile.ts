import type { Readable } from "node:stream";
import type { App, ReplayMapping } from "@freshet/model";
import { type Clock, systemClock } from "@freshet/sdk";
import type { Records, ShardLog } from "@freshet/storage";
import type { Intake } from "../../collector/intake.js";
import { batchesOf } from "./batches.js";
import type { Compression } from "./compression.js";
import type { FileFormat } from "./format.js";
import { appendHeartbeats } from "./heartbeats.js";
import { createJournal } from "./journal.js";
import { type OpenedRows, openRows } from "./openRows.js";
import { createPacer, type Pacing, type PacingOptions, pacingOf } from "./pacing.js";
import { NO_ROWS, type ReplayProgress } from "./progress.js";
import { openResumePoint, type ResumePoint } from "./resume.js";
import { rowEvents } from "./rowEvents.js";
import { createSender } from "./sender.js";
import { openSource, type Source } from "./source.js";
import { createTurns } from "./turns.js";

export interface ReplayOptions extends PacingOptions {
  /** A file, or `-` for `standardInput`. Plain, gzip or zstd: its first bytes say which. */
  readonly source: string;
  readonly standardInput?: Readable;
  /** Whose mapping makes events of rows. */
  readonly app: App;
  readonly intake: Intake;
  readonly log: ShardLog;
  readonly records: Records;
  /** From the beginning, even where an earlier run was interrupted. */
  readonly restart?: boolean;
  readonly clock?: Clock;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Stops the replay where it is; the next one goes on from there. */
  readonly signal?: AbortSignal;
}

export interface ReplayReport extends ReplayProgress {
  readonly kind: "finished" | "interrupted";
  readonly compression: Compression;
  readonly format: FileFormat;
  /** Rows that an earlier, interrupted run had seen to. */
  readonly resumedAfterRows: number;
}

/**
 * Sends the rows of a file, mapped to events, into the log, in order and within bounded memory; remembers how far the log has
 * acknowledged them, and after an interruption goes on from there (the few that were sent but not yet remembered come twice,
 * with the same identity). Rows that cannot be read or mapped go into the log as they are, to be dead letters. Ends with
 * heartbeats, so that all of it can settle.
 * @throws ReplayFuseError when most rows are bad; Error for a broken file; AbortError when stopped before the file was open.
 * What was acknowledged stays so.
 */
export const replayFile = async (options: ReplayOptions): Promise<ReplayReport> => {
  const mapping = mappingOf(options.app);
  const pacing = pacingOf(options);
  const { signal = null } = options;
  const source = await openSource(options.source, options.standardInput ?? process.stdin, signal);
  try {
    const opened = await openRows(source, mapping.format ?? null);
    const resume = await openResumePoint(options.records, opened.fingerprint, options.restart === true);
    return await replayRows(options, { mapping, pacing, source, opened, resume });
  } finally {
    source.close();
  }
};

interface Opened {
  readonly mapping: ReplayMapping<object, never>;
  readonly pacing: Pacing;
  readonly source: Source;
  readonly opened: OpenedRows;
  readonly resume: ResumePoint;
}

const replayRows = async (
  options: ReplayOptions,
  { mapping, pacing, source, opened, resume }: Opened,
): Promise<ReplayReport> => {
  const { clock = systemClock, signal = null, onProgress = () => {} } = options;
  const { rows, malformed, unmapped, leftOut } = resume.from?.counts ?? NO_ROWS;
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  const journal = createJournal({ source, resume, elapsedMs: clock.elapsedMs, tell: onProgress });
  const sender = createSender({ intake: options.intake, sleep, acknowledge: journal.acknowledge });
  const pacer = createPacer(pacing, resume.from?.virtualMs ?? null);
  const batches = batchesOf(
    rowEvents(opened, mapping, rows),
    { rows, malformed, unmapped, leftOut },
    createTurns(pacer, clock, signal),
  );

  await journal.save();
  let finished = false;
  try {
    for await (const batch of batches) {
      if (signal?.aborted) break;
      await sender.submit(batch);
    }
    await sender.drain();
    finished = signal?.aborted !== true;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    await sender.drain().catch(() => {});
    await journal.save();
  }
  const progress = journal.progress();
  onProgress(progress);
  if (finished) {
    await appendHeartbeats(options.log, clock.epochMs, sleep);
    await resume.finish();
  }
  const { compression, format } = opened;
  return {
    ...progress,
    kind: finished ? "finished" : "interrupted",
    compression,
    format,
    resumedAfterRows: rows,
  };
};

/** @throws Error when the app says nothing of files. */
const mappingOf = ({ document, replay }: App): ReplayMapping<object, never> => {
  if (replay) return replay;
  throw new Error(
    `the app ${document.name} has no \`replay\`: add \`replay: { map: (row) => event }\` to defineApp`,
  );
};
