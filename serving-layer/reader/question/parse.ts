import { type DurationMs, type EpochMs, parseDuration } from "@freshet/model";
import { QuestionError } from "../questionError.js";

export const WINDOW_MS_MAX = 400 * 86_400_000;
export const ROWS_MAX = 10_000;
export const POINTS_MAX = 10_000;
const YEAR_9999_MS = 253_402_300_799_999;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** ISO 8601 with a zone, a date (midnight UTC), or epoch ms. */
export const parseInstant = (parameter: string, text: string): EpochMs => {
  let ms = Number.NaN;
  if (/^\d{1,15}$/.test(text)) ms = Number(text);
  else if (/^\d{4}-\d{2}-\d{2}$/.test(text)) ms = Date.parse(`${text}T00:00:00Z`);
  else if (ISO.test(text)) ms = Date.parse(text);
  if (!Number.isInteger(ms) || ms < 0 || ms > YEAR_9999_MS) {
    throw new QuestionError(
      "bad_parameter",
      parameter,
      `${parameter}: "${text.slice(0, 60)}" is not an instant: write 2026-01-31T12:00:00Z, or milliseconds since 1970`,
    );
  }
  return ms as EpochMs;
};

/** A duration that is a whole number of panes. */
export const parsePanes = (
  parameter: string,
  text: string,
  paneMs: DurationMs,
  paneText: string,
): DurationMs => {
  let ms: DurationMs;
  try {
    ms = parseDuration(text);
  } catch {
    throw new QuestionError(
      "bad_parameter",
      parameter,
      `${parameter}: "${text.slice(0, 60)}" is not a duration: write 15m, 1h or 7d`,
    );
  }
  if (ms % paneMs !== 0) {
    throw new QuestionError(
      "bad_parameter",
      parameter,
      `${parameter}: ${text} is not a whole number of the metric's panes (${paneText})`,
    );
  }
  if (ms > WINDOW_MS_MAX) {
    throw new QuestionError("too_large", parameter, `${parameter}: ${text} is longer than 400d`);
  }
  return ms;
};

export const parseLimit = (limit: number | undefined, fallback: number): number => {
  const value = limit ?? fallback;
  if (!Number.isInteger(value) || value < 1 || value > ROWS_MAX) {
    throw new QuestionError("bad_parameter", "limit", `limit: write a whole number from 1 to ${ROWS_MAX}`);
  }
  return value;
};
