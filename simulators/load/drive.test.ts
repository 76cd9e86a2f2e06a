import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../time/virtualClock.js";
import { createGenerated } from "../workloads/generated/generatedSource.js";
import { DEFAULT_GENERATED } from "../workloads/generated/options.js";
import { createLedger } from "./counts.js";
import { drive, WAITING_EVENTS_MAX } from "./drive.js";
import { eventOf, type LoadBatch, type LoadTarget, type LoadVerdict } from "./target.js";

const FROM_MS = Date.UTC(2026, 0, 5, 12);

const aSource = (perSecond: number, durationMs: number) =>
  createGenerated({
    ...DEFAULT_GENERATED,
    shares: { ...DEFAULT_GENERATED.shares, bad: 0 },
    ...{ fromMs: FROM_MS, durationMs, rate: { kind: "steady", perSecond } },
  });

const aTarget = (send: (batch: LoadBatch) => Promise<readonly LoadVerdict[]>): LoadTarget => ({
  name: "a target",
  keepsPartitionKeys: true,
  takesBadText: true,
  send,
  close: () => Promise.resolve(),
});

const verdicts = (batch: LoadBatch, verdict: LoadVerdict): LoadVerdict[] =>
  batch.partitionKeys.map(() => verdict);

const run = async (
  perSecond: number,
  durationMs: number,
  send: (batch: LoadBatch, clock: ReturnType<typeof createVirtualClock>) => Promise<readonly LoadVerdict[]>,
  advanceMs: number,
) => {
  const clock = createVirtualClock(FROM_MS);
  const ledger = createLedger();
  const source = aSource(perSecond, durationMs);
  let most = 0;
  const target = aTarget((batch) => {
    most = Math.max(most, ledger.waiting);
    return send(batch, clock);
  });
  let done = false;
  const driving = drive({ source, target, clock, ledger, startMs: 0 }).then(() => {
    done = true;
  });
  for (let ms = 0; ms < advanceMs && !done; ms += 50) await clock.advance(50);
  if (done) await driving;
  return { ledger, source, most, done };
};

describe("an open loop", () => {
  it("counts a stall for all that should have been sent meanwhile", async () => {
    const STALL_MS = 1_000;
    const { ledger, done } = await run(
      1_000,
      5_000,
      async (batch, clock) => {
        // the target stands still from the second second to the third
        const waitMs = 2_000 + STALL_MS - clock.elapsedMs();
        if (waitMs > 0 && waitMs <= STALL_MS)
          await new Promise<void>((resolve) => clock.after(waitMs, resolve));
        return verdicts(batch, { kind: "stored" });
      },
      10_000,
    );
    expect(done).toBe(true);
    const { count, p50Ms, p90Ms, maxMs } = ledger.acceptance();
    expect(count).toBe(5_000);
    expect(p50Ms).toBeLessThan(10);
    // a fifth of the events fell into the stall, and waited for half of it on average: a closed loop would have seen one
    expect(p90Ms).toBeGreaterThan(450);
    expect(p90Ms).toBeLessThan(550);
    expect(maxMs).toBeGreaterThan(980);
    expect(ledger.counts().behindMaxMs).toBeLessThan(20);
  });

  it("sends what was throttled again, the same bytes, until it is taken", async () => {
    const seen = new Map<string, number>();
    const { ledger, source } = await run(
      500,
      2_000,
      (batch) =>
        Promise.resolve(
          batch.partitionKeys.map((_, index): LoadVerdict => {
            const text = Buffer.from(eventOf(batch, index)).toString();
            const times = seen.get(text) ?? 0;
            seen.set(text, times + 1);
            return times < 2 ? { kind: "throttled", afterMs: 100 } : { kind: "stored" };
          }),
        ),
      10_000,
    );
    const { sent, stored, throttled, failed } = ledger.counts();
    expect([sent, stored, failed]).toEqual([1_000, 1_000, 0]);
    expect(source.answers().ledger.events).toBe(1_000);
    // a copy is taken at once: its text has been seen
    expect(throttled).toBeGreaterThan(1_900);
    expect(ledger.acceptance().p50Ms).toBeGreaterThan(200);
  });

  it("holds no more than its bound while nothing is taken, and its lag is counted", async () => {
    const { ledger, most, done } = await run(100_000, 4_000, () => new Promise(() => undefined), 4_000);
    expect(done).toBe(false);
    expect(most).toBe(WAITING_EVENTS_MAX);
    expect(ledger.counts().behindMaxMs).toBeGreaterThan(1_500);
  });

  it("says of events that failed what was said of them", async () => {
    const { ledger } = await run(
      100,
      1_000,
      (batch) => Promise.resolve(verdicts(batch, { kind: "failed", detail: "HTTP 401" })),
      5_000,
    );
    expect(ledger.counts().failed).toBe(100);
    expect(ledger.failures()).toEqual(["HTTP 401"]);
  });
});
