import type { Readable } from "node:stream";
import type { App, ReplayMapping } from "@freshet/model";
import { type Clock, systemClock } from "@freshet/sdk";
import type { Records, ShardLog } from "@freshet/storage";
import type { Intake } from "../../collector/intake.js";
import { batchesOf, type Turns } from "./batches.js";
import type { Compression } from "./compression.js";
import type { FileFormat } from "./format.js";
import { appendHeartbeats } from "./heartbeats.js";
import { createJournal } from "./journal.js";
import { type OpenedRows, openRows } from "./openRows.js";
import { createPacer, type Pacing } from "./pacing.js";
import { NO_ROWS, type ReplayProgress } from "./progress.js";
import { openResumePoint } from "./resume.js";
import { createRowEvents, type RowEvent } from "./rowEvents.js";
import { createSender } from "./sender.js";
import { openSource } from "./source.js";

export interface ReplayOptions {
  /** A file, or `-` for `standardInput`. Plain, gzip or zstd: its first bytes say which. */
  readonly source: string;
  readonly standardInput?: Readable;
  /** Whose mapping makes events of rows. */
  readonly app: App;
  readonly intake: Intake;
  readonly log: ShardLog;
  readonly records: Records;
  /** At most so many events a second. */
  readonly rate?: number;
  /** So many seconds of event time in one second, with a virtual arrival clock. Not together with `rate`. */
  readonly speed?: number;
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
  const { clock = systemClock, signal = null } = options;
  const mapping = mappingOf(options.app);
  const pacing = pacingOf(options);
  const source = await openSource(options.source, options.standardInput ?? process.stdin, signal);
  const opened = await openRows(source, mapping.format ?? null);
  const resume = await openResumePoint(options.records, opened.fingerprint, options.restart === true);
  const before = resume.from?.counts ?? NO_ROWS;
  const journal = createJournal({
    source,
    resume,
    elapsedMs: clock.elapsedMs,
    tell: (progress) => options.onProgress?.(progress),
  });
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  const { rows, malformed, unmapped, leftOut } = before;
  const batches = batchesOf(
    rowEvents(opened, mapping, rows),
    { rows, malformed, unmapped, leftOut },
    turnsOf(createPacer(pacing, resume.from?.virtualMs ?? null), clock, signal),
  );
  const sender = createSender({ intake: options.intake, sleep, acknowledge: journal.acknowledge });

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
  options.onProgress?.(progress);
  if (finished) {
    await appendHeartbeats(options.log, clock.epochMs, sleep);
    await resume.finish();
  }
  return {
    ...progress,
    kind: finished ? "finished" : "interrupted",
    compression: opened.compression,
    format: opened.format,
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

/** @throws RangeError for both, or for what is no positive number. */
const pacingOf = ({ rate, speed }: ReplayOptions): Pacing => {
  if (rate !== undefined && speed !== undefined) throw new RangeError("give `rate` or `speed`, not both");
  for (const [name, value] of Object.entries({ rate, speed })) {
    if (value !== undefined && !(value > 0))
      throw new RangeError(`${name}: expected a number above 0, got ${value}`);
  }
  if (rate !== undefined) return { kind: "rate", eventsPerSecond: rate };
  return speed === undefined ? { kind: "unlimited" } : { kind: "speed", factor: speed };
};

/** So many at a time, so that a stop is heeded soon. */
const MAPPED_ROWS_MAX = 500;

/** Rows after the first `skip`, which are passed over undecoded. */
const rowEvents = async function* (
  opened: OpenedRows,
  mapping: ReplayMapping<object, never>,
  skip: number,
): AsyncGenerator<readonly RowEvent[]> {
  const toEvent = createRowEvents(mapping, opened.fingerprint);
  let index = 0;
  for await (const rows of opened.rows) {
    const passed = Math.min(rows.length, Math.max(0, skip - index));
    index += passed;
    for (let at = passed; at < rows.length; at += MAPPED_ROWS_MAX) {
      yield rows.slice(at, at + MAPPED_ROWS_MAX).map((row) => toEvent(opened.decode(row), index++));
    }
  }
};

/** An event may go this much before its turn, so that a fast replay does not wait for each one. */
const EARLY_MS = 10;

const turnsOf = (pacer: Turns["pacer"], clock: Clock, signal: AbortSignal | null): Turns => {
  const startedMs = clock.elapsedMs();
  return {
    pacer,
    epochMs: clock.epochMs,
    wait(dueMs) {
      if (dueMs === 0) return null;
      const leftMs = startedMs + dueMs - clock.elapsedMs();
      return leftMs > EARLY_MS ? sleepUnlessAborted(clock, leftMs, signal) : null;
    },
  };
};

const sleepUnlessAborted = (clock: Clock, ms: number, signal: AbortSignal | null): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal?.addEventListener("abort", end);
  });
