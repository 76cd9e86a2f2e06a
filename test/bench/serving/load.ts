import { Agent, get } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Asked, nextQuestion } from "./questions.js";

/** One answer: how long after it was due, and how old the newest event in it is (of `top`). */
export interface Measured {
  readonly kind: Asked;
  readonly tookMs: number;
  readonly ageMs: number | null;
  readonly status: number;
  readonly bytes: number;
}

const SOCKETS_MAX = 256;
const IN_FLIGHT_MAX = 2_000;
const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });

export const ask = (address: string, path: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    get(`${address}${path}`, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    }).on("error", reject);
  });

/**
 * Asks at random instants, `perSecond` on average, whether those before were answered or not: an answer's time counts from
 * when its question was due. Questions past `IN_FLIGHT_MAX` are left out and counted.
 */
export const load = async (
  address: string,
  settings: {
    readonly perSecond: number;
    readonly seconds: number;
    readonly unit: () => number;
    readonly clock: () => number;
  },
): Promise<{
  readonly measured: readonly Measured[];
  readonly leftOut: number;
  readonly lateMs: readonly number[];
}> => {
  const { perSecond, seconds, unit, clock } = settings;
  const measured: Measured[] = [];
  const lateMs: number[] = [];
  const flying = new Set<Promise<void>>();
  let leftOut = 0;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  for (let dueMs = startMs; dueMs < endMs; dueMs += (-Math.log(1 - unit()) * 1_000) / perSecond) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    lateMs.push(performance.now() - dueMs);
    const { kind, path } = nextQuestion(unit, Math.floor(clock()));
    if (flying.size >= IN_FLIGHT_MAX) {
      leftOut++;
      continue;
    }
    const due = dueMs;
    const one = ask(address, path).then(({ status, text }) => {
      const tookMs = performance.now() - due;
      const newest = kind === "top" && status === 200 ? /"at":"([^"]+)"/.exec(text)?.[1] : undefined;
      const ageMs = newest === undefined ? null : clock() - Date.parse(newest);
      measured.push({ kind, tookMs, ageMs, status, bytes: text.length });
    });
    const settled = one.finally(() => flying.delete(settled));
    flying.add(settled);
  }
  await Promise.all(flying);
  return { measured, leftOut, lateMs };
};
