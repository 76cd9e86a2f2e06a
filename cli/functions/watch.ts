import { type LineHealth, readLineHealth } from "@freshet/batch-layer";
import { healthMetrics } from "./healthMetrics.js";
import { openToLook } from "./store.js";

let opening: ReturnType<typeof openToLook> | null = null;

/** By a schedule, every minute: what the alarms look at, as a log line that CloudWatch reads as metrics. */
export const handler = async (): Promise<LineHealth> => {
  opening ??= openToLook();
  try {
    const health = await readLineHealth(await opening, Date.now());
    console.log(healthMetrics(health, process.env["FRESHET_STAGE"] ?? "", Date.now()));
    return health;
  } catch (error) {
    opening = null;
    throw error;
  }
};
