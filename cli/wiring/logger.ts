import { destination, type Logger, pino } from "pino";

/** Structured logs to standard error; standard output is for results. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: true }));
