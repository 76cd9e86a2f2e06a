import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { createRequestCounts, localDirOf, openDataStore, openDuckDb } from "@freshet/storage";
import { destination, pino } from "pino";
import { startLanding } from "../startLanding.js";
import type { FromLandingThread, LandingRequest, LandingThreadData } from "./messages.js";

/* The entry of a landing thread: opens the store and a DuckDB for itself. */

const MEMORY_MB = 256;
const TELL_REQUESTS_EVERY_MS = 5_000;

const port = parentPort;
if (!port) throw new Error("landing/thread/thread.js runs as a worker thread only");
const tell = (message: FromLandingThread): void => port.postMessage(message);
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const { store, logLevel, settings } = workerData as LandingThreadData;

try {
  const logger = pino({ level: logLevel, base: null }, destination({ dest: 2, sync: true }));
  const counts = createRequestCounts();
  const data = await openDataStore(store, { counts });
  const tellRequests = (): void => tell({ kind: "requests", all: counts.all });
  const telling = setInterval(tellRequests, TELL_REQUESTS_EVERY_MS).unref();
  const duckdb = await openDuckDb({
    memoryMb: MEMORY_MB,
    threads: 1,
    tempDir: join(localDirOf(store), "tmp"),
  });
  const landing = await startLanding({ data, duckdb, logger, settings });
  void landing.failed.then((error) => tell({ kind: "failed", message: error.message }));
  const serve = async ({ request, kind }: LandingRequest): Promise<void> => {
    try {
      await landing[kind]();
      if (kind === "stop") {
        clearInterval(telling);
        tellRequests();
        await duckdb.close();
        await data.close();
      }
      tell({ kind: "done", request });
    } catch (error) {
      tell({ kind: "refused", request, message: textOf(error) });
    }
    if (kind === "stop") port.close();
  };
  port.on("message", (request: LandingRequest) => void serve(request));
  tell({ kind: "started" });
} catch (error) {
  tell({ kind: "failed", message: textOf(error) });
  port.close();
}
