import type { RunLogLine } from "@freshet/model";
import type { RunLogger } from "../run/runLogger.js";

/** Of a run; what comes after is in the process's own log alone. */
export const LINES_MAX = 100;
const LINE_CHARACTERS_MAX = 500;

export interface RunLog {
  readonly logger: RunLogger;
  readonly lines: readonly RunLogLine[];
}

/** Keeps what a run says besides passing it on. */
export const createRunLog = (to: RunLogger, elapsedMs: () => number): RunLog => {
  const lines: RunLogLine[] = [];
  const keep = (level: RunLogLine["level"], fields: object, message: string): void => {
    if (lines.length >= LINES_MAX) return;
    const text = `${message} ${JSON.stringify(fields)}`.slice(0, LINE_CHARACTERS_MAX);
    lines.push({ atMs: elapsedMs(), level, text });
  };
  return {
    lines,
    logger: {
      debug: (fields, message) => to.debug(fields, message),
      info(fields, message) {
        keep("info", fields, message);
        to.info(fields, message);
      },
      warn(fields, message) {
        keep("warn", fields, message);
        to.warn(fields, message);
      },
    },
  };
};
