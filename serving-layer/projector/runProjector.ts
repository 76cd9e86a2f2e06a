import type { DurationMs, EpochMs } from "@freshet/model";
import type { TrendDocuments } from "@freshet/storage";
import type { LetterFollower } from "./letterFollower.js";
import type { Projector, StepReport } from "./createProjector.js";

/** Where the projector says what went wrong; pino's shape. */
export interface ProjectorLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface RunSettings {
  /** Between steps. */
  readonly everyMs: number;
  /** Windows that ended so long before the newest event may go, and letters that arrived so long ago. */
  readonly keepMs: DurationMs;
}

export interface RunningProjector {
  /** Resolves when all that stood at the call is written; rejects where a store goes on failing. */
  caughtUp(): Promise<ProjectorTotals>;
  totals(): ProjectorTotals;
  stop(): Promise<void>;
}

/** Since it was started. */
export interface ProjectorTotals {
  readonly written: number;
  readonly removed: number;
  readonly superseded: number;
  readonly refused: number;
  readonly letters: number;
}

const EXPIRE_EVERY_MS = 3_600_000;
/** Alarms hear of it, and of its silence. */
const REPORT_EVERY_MS = 60_000;
const RETRY_MS_MAX = 30_000;
/** Steps that fail in a row before who waits for the end is told. */
const FAILURES_MAX = 5;

export interface RunOptions {
  readonly projector: Projector;
  /** Null where dead letters are not indexed. */
  readonly letters: LetterFollower | null;
  readonly stores: readonly TrendDocuments[];
  readonly logger: ProjectorLogger;
  readonly settings: RunSettings;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const NO_LETTERS = { written: 0, refused: 0, waiting: false };
const NOTHING: ProjectorTotals = { written: 0, removed: 0, superseded: 0, refused: 0, letters: 0 };

/** Steps until it is stopped; a store that fails is tried again, ever later. Says each minute how long ago documents were as the answers. */
export const runProjector = ({
  projector,
  letters,
  stores,
  logger,
  settings,
  now,
  sleep,
}: RunOptions): RunningProjector => {
  const stop = new AbortController();
  let totals = NOTHING;
  let failuresInARow = 0;
  let expiredMs: number | null = null;
  let wholeMs = now();
  let reportedMs = wholeMs;
  const waiting: {
    readonly resolve: (done: ProjectorTotals) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  const noteRefused = ({ refused }: StepReport): void => {
    for (const { name, reason } of refused)
      logger.error({ document: name, reason }, "a store refuses a trend document: it is left out");
  };
  const expire = async (newestMs: EpochMs): Promise<void> => {
    if (expiredMs !== null && now() - expiredMs < EXPIRE_EVERY_MS) return;
    const before = (ms: number): EpochMs => (ms - settings.keepMs) as EpochMs;
    for (const store of stores) await store.expire(before(newestMs));
    await letters?.expire(before(now()));
    expiredMs = now();
  };
  /** True when nothing is left to do. */
  const step = async (): Promise<boolean> => {
    const report = await projector.step();
    noteRefused(report);
    totals = {
      ...totals,
      written: totals.written + report.written,
      removed: totals.removed + report.removed,
      superseded: totals.superseded + report.superseded,
      refused: totals.refused + report.refused.length,
    };
    // A store of trend documents that fails does not hold back the letters, nor the other way round.
    const followed = await (letters?.step() ?? NO_LETTERS);
    totals = {
      ...totals,
      letters: totals.letters + followed.written,
      refused: totals.refused + followed.refused,
    };
    if (report.failures.length > 0) throw report.failures[0];
    if (report.newestMs !== null) await expire(report.newestMs);
    return report.waiting === 0 && !followed.waiting;
  };
  const reportAge = (): void => {
    if (now() - reportedMs < REPORT_EVERY_MS) return;
    reportedMs = now();
    logger.info({ behindMs: reportedMs - wholeMs }, "projecting");
  };
  const tell = (outcome: { readonly error: unknown } | null): void => {
    for (const { resolve, reject } of waiting.splice(0)) {
      if (outcome) reject(outcome.error);
      else resolve(totals);
    }
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      let waitMs = settings.everyMs;
      try {
        const asked = waiting.length;
        const [beganMs, done] = [now(), await step()];
        failuresInARow = 0;
        if (done) wholeMs = beganMs;
        // Who asked while the step ran may mean what came in after its beginning.
        if (done && asked === waiting.length) tell(null);
        if (!done || asked !== waiting.length) waitMs = 0;
      } catch (error) {
        failuresInARow += 1;
        logger.warn({ err: error, failuresInARow }, "projecting failed; trying again");
        if (failuresInARow >= FAILURES_MAX) tell({ error });
        waitMs = Math.min(RETRY_MS_MAX, settings.everyMs * 2 ** failuresInARow);
      }
      reportAge();
      await sleep(waitMs, stop.signal);
    }
  };
  const running = run();
  return {
    caughtUp: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      }),
    totals: () => totals,
    async stop() {
      stop.abort();
      await running;
      tell({ error: new Error("the projector was stopped") });
    },
  };
};
