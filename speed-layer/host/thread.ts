import { parentPort, workerData } from "node:worker_threads";
import { createRequestCounts, openDataStore } from "@freshet/storage";
import { systemClock } from "../clock.js";
import { asSpeedFailure } from "../failure.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { createCrew } from "../worker/crew.js";
import { type CrewCommand, runCrew } from "./crewLoop.js";
import type { FromThread, ThreadData } from "./threadMessages.js";

/* The entry of a speed thread: opens the store for itself and runs one crew. */

const TELL_REQUESTS_EVERY_MS = 5_000;

const port = parentPort;
if (!port) throw new Error("host/thread.js runs as a worker thread only");
const tell = (message: FromThread): void => port.postMessage(message);
const { store, settings, writer, replayFrom } = workerData as ThreadData;

try {
  const counts = createRequestCounts();
  const data = await openDataStore(store, { readsAlone: true, now: systemClock, counts });
  const tellRequests = (): void => tell({ kind: "requests", writer, all: counts.all });
  const telling = setInterval(tellRequests, TELL_REQUESTS_EVERY_MS).unref();
  const crew = createCrew({
    ...data,
    rules: createRuleBook(data.records, data.lake),
    settings,
    now: data.now,
    report: (report) => tell({ kind: "report", report }),
    writer,
    replayFrom,
  });
  const loop = runCrew(crew, data.log, settings.pollAfterMs, data.now);
  port.on("message", (command: CrewCommand) => loop.command(command));
  await loop.done;
  clearInterval(telling);
  tellRequests();
  await data.close();
  tell({ kind: "stopped" });
} catch (error) {
  const { kind, message } = asSpeedFailure(error);
  tell({ kind: "failed", failure: kind, message });
}
port.close();
