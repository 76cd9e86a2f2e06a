import type { Logger } from "pino";
import type { SpeedReport } from "./report.js";

/** One line a report; none holds a body or a field of an event. */
export const logReport = (logger: Logger, report: SpeedReport): void => {
  const { kind, ...fields } = report;
  switch (kind) {
    case "shard_started":
      logger.info(fields, "folding a shard");
      return;
    case "shard_ended":
      logger.info(fields, "a shard has ended");
      return;
    case "gap":
      logger.error(fields, "records were trimmed before they could be folded");
      return;
    case "dead_letters":
      logger.info(fields, "events could not be counted");
      return;
    case "blocked":
      logger.debug(fields, "waiting for the schedule");
      return;
    case "holding_back":
      logger.warn(fields, "folding falls back: producers are told to come again");
      return;
    case "conflict":
      logger.error(fields, "a stored segment differs from what was folded");
  }
};
