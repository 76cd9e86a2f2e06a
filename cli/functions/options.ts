import { randomUUID } from "node:crypto";
import { logReport, type HandlerOptions } from "@freshet/speed-layer";
import { createLogger } from "../wiring/logger.js";
import { openToFold } from "./store.js";

/** Of a process that Lambda runs. Dead letters are reported at `info`: an alarm counts them. */
export const handlerOptions = (): HandlerOptions => {
  const logger = createLogger("info");
  return {
    open: openToFold,
    now: Date.now,
    report: (report) => logReport(logger, report),
    writer: randomUUID().replaceAll("-", ""),
  };
};
