import { Worker } from "node:worker_threads";
import { randomUUID } from "node:crypto";
import type { RequestCounts, StoreConfig } from "@freshet/storage";
import type { LandingSettings } from "../landing.js";
import type { RunningLanding } from "../startLanding.js";
import type { FromLandingThread, LandingRequest, LandingThreadData } from "./messages.js";

const THREAD = new URL("./thread.js", import.meta.url);

interface Waiting {
  readonly done: () => void;
  readonly fail: (error: Error) => void;
}

/** The same as `startLanding`, in a thread of its own: reading and judging events takes no time from this one. */
export const startLandingThread = async (options: {
  readonly store: StoreConfig;
  readonly logLevel: string;
  readonly settings?: Partial<LandingSettings>;
  /** Takes in what the thread sends to the store's services. */
  readonly counts?: RequestCounts;
}): Promise<RunningLanding> => {
  const { store, logLevel, settings = {}, counts } = options;
  const name = `land-${randomUUID()}`;
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  let failure: Error | null = null;
  let announce = (_error: Error): void => {};
  const failed = new Promise<Error>((resolve) => {
    announce = resolve;
  });
  const workerData: LandingThreadData = { store, logLevel, settings };
  // built files, whatever conditions this process resolves by
  const worker = new Worker(THREAD, { workerData, execArgv: [] });
  const fail = (error: Error): void => {
    failure ??= error;
    announce(failure);
    for (const { fail: refuse } of waiting.values()) refuse(failure);
    waiting.clear();
  };
  const answer = (request: number, error: Error | null): void => {
    const asked = waiting.get(request);
    waiting.delete(request);
    if (error) asked?.fail(error);
    else asked?.done();
  };
  await new Promise<void>((resolve, reject) => {
    worker.on("message", (message: FromLandingThread) => {
      switch (message.kind) {
        case "started":
          return resolve();
        case "requests":
          return counts?.takeIn(name, message.all);
        case "done":
          return answer(message.request, null);
        case "refused":
          return answer(message.request, new Error(message.message));
        case "failed":
          fail(new Error(message.message));
          reject(failure);
      }
    });
    worker.on("error", (error: Error) => {
      fail(error);
      reject(error);
    });
    worker.on("exit", () => {
      if (waiting.size > 0) fail(new Error("the landing thread ended"));
    });
  });
  const ask = (kind: LandingRequest["kind"]): Promise<void> =>
    new Promise((done, refuse) => {
      if (failure) return refuse(failure);
      const request = ++requests;
      waiting.set(request, { done, fail: refuse });
      worker.postMessage({ request, kind } satisfies LandingRequest);
    });
  return {
    caughtUp: () => ask("caughtUp"),
    flush: () => ask("flush"),
    stop: () => ask("stop"),
    failed,
  };
};
