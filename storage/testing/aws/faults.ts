import type { HandledResponse, TestHandler } from "./handler.js";
import { testHandler } from "./handler.js";

export interface Faults {
  /** The request takes effect, and its answer is lost. */
  readonly answerLost: number;
  /** The request is refused for now. */
  readonly throttled: number;
}

export interface Faulty {
  readonly handler: TestHandler;
  readonly seen: { requests: number; answersLost: number; throttled: number };
}

const failureNamed = (name: string): Error => Object.assign(new Error(name), { name });

/** The same dice from the same seed (xorshift32). */
export const dice = (seed: number): (() => number) => {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

const THROTTLED: HandledResponse = {
  response: {
    statusCode: 503,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: Buffer.from('{"__type":"ServiceUnavailable"}'),
  },
};

/** Between a client and its server: what a network and a busy service do. */
export const createFaulty = (inner: Pick<TestHandler, "handle">, faults: Faults, seed: number): Faulty => {
  const roll = dice(seed);
  const seen = { requests: 0, answersLost: 0, throttled: 0 };
  return {
    seen,
    handler: testHandler(async (request, options) => {
      seen.requests += 1;
      const fate = roll();
      if (fate < faults.throttled) {
        seen.throttled += 1;
        return THROTTLED;
      }
      const outcome = await inner.handle(request, options);
      if (fate > 1 - faults.answerLost) {
        seen.answersLost += 1;
        throw failureNamed("TimeoutError");
      }
      return outcome;
    }),
  };
};
