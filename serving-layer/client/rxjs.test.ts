import { firstValueFrom, lastValueFrom, take, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { ProblemError } from "./problem.js";
import { latest, type LatestListener } from "./live/latest.js";
import { observe } from "./rxjs.js";

/** A source that a test drives. */
const aSource = () => {
  const state = { started: 0, stopped: 0, listener: null as LatestListener<number> | null };
  const live = (signal?: AbortSignal) =>
    latest<number>((listener) => {
      state.started++;
      state.listener = listener;
      return () => state.stopped++;
    }, signal);
  return { state, live };
};
const refusal = new ProblemError({ type: "x", title: "No", status: 404, detail: "no such metric" });
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("live answers as an Observable", () => {
  it("come as they are given, and end the line with the subscription", async () => {
    const { state, live } = aSource();
    const three = lastValueFrom(observe(live()).pipe(take(3), toArray()));
    for (const value of [1, 2, 3]) {
      state.listener?.answer(value);
      await turn();
    }
    expect(await three).toEqual([1, 2, 3]);
    expect(state).toMatchObject({ started: 1, stopped: 1 });
  });

  it("end with what the server refuses", async () => {
    const { state, live } = aSource();
    const first = firstValueFrom(observe(live()));
    state.listener?.refused(refusal);
    await expect(first).rejects.toBe(refusal);
  });

  it("start for each subscription, and not before", async () => {
    const { state, live } = aSource();
    const answers = observe(live());
    expect(state.started).toBe(0);
    for (const subscription of [answers.subscribe(), answers.subscribe()]) subscription.unsubscribe();
    expect(state).toMatchObject({ started: 2, stopped: 2 });
    const abort = new AbortController();
    const seen = firstValueFrom(observe(live(abort.signal)));
    abort.abort(new Error("enough"));
    await expect(seen).rejects.toThrow("enough");
  });
});

describe("live answers one at a time", () => {
  it("keep the newest for who is slow, answer turns in their order, and nothing after the end", async () => {
    const { state, live } = aSource();
    const iterator = live()[Symbol.asyncIterator]();
    state.listener?.answer(1);
    state.listener?.answer(2);
    const turns = [iterator.next(), iterator.next(), iterator.next()];
    state.listener?.answer(3);
    state.listener?.refused(refusal);
    expect(await Promise.allSettled(turns)).toEqual([
      { status: "fulfilled", value: { value: 2, done: false } },
      { status: "fulfilled", value: { value: 3, done: false } },
      { status: "rejected", reason: refusal },
    ]);
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
    expect(state.stopped).toBe(1);
  });

  it("are not asked for with a signal that is aborted", async () => {
    const { state, live } = aSource();
    const iterator = live(AbortSignal.abort(new Error("before")))[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toThrow("before");
    expect(state.started).toBe(0);
  });
});
