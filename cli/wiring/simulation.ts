import { createIntake } from "@freshet/producers";
import { newsWorkload, type SimulatedEvent } from "@freshet/simulators";
import type { BatchTimer } from "./batchTimer.js";
import { currentApp } from "./currentApp.js";
import type { Line } from "./line.js";

const SEED = 20_261_121;
const HISTORY_DAYS = 14;
const HISTORY_BATCH = 2_000;
const LIVE_EVERY_MS = 100;
const RETRY_MS = 200;
/** The record that says that the history has been laid: it is laid once per data directory. */
const LAID = "simulation/news";
/** History is older than the app's `maxLate`: its events carry wider bounds. */
const HISTORY_BOUNDS = [(HISTORY_DAYS + 1) * 86_400_000, 3_600_000] as const;

export interface Simulation {
  stop(): Promise<void>;
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lays fourteen seeded days once, then emits a live stream, through the same intake as everybody's events. */
export const startSimulation = (options: {
  readonly line: Line;
  readonly batch: BatchTimer;
  readonly rate: number | undefined;
  readonly note: (text: string) => void;
}): Simulation => {
  const { line, batch, note } = options;
  let stopped = false;
  const workload = newsWorkload({ seed: SEED });

  const run = async (): Promise<void> => {
    const intake = createIntake({
      log: line.data.log,
      app: await currentApp(line.data.records),
      now: Date.now,
    });
    const send = async (
      events: readonly SimulatedEvent[],
      bounds: readonly [number, number] | null,
    ): Promise<void> => {
      let rest = events.map(({ event }): object => (bounds ? { ...event, $bounds: bounds } : event));
      while (rest.length > 0 && !stopped) {
        const outcomes = await intake.accept(rest, { trusted: true });
        rest = rest.filter((_, index) => outcomes.at(index).kind === "throttled");
        if (rest.length > 0) await delay(RETRY_MS);
      }
    };
    const laid = await line.data.records.get(LAID);
    if (!laid) {
      note(`Laying ${HISTORY_DAYS} simulated days into the lake ...`);
      let group: SimulatedEvent[] = [];
      let count = 0;
      for (const event of workload.history(HISTORY_DAYS, Date.now())) {
        group.push(event);
        if (group.length < HISTORY_BATCH) continue;
        await send(group, HISTORY_BOUNDS);
        count += group.length;
        group = [];
        if (stopped) return;
      }
      await send(group, HISTORY_BOUNDS);
      await line.data.records.replace(LAID, 0, { days: HISTORY_DAYS, events: count + group.length });
      note(`Laid ${count + group.length} events.`);
    }
    const stream = workload.live(
      Date.now(),
      options.rate === undefined ? {} : { eventsPerSecond: options.rate },
    );
    let settleHistory = laid === null;
    while (!stopped) {
      await send(stream.next(Date.now()), null);
      if (settleHistory) {
        settleHistory = false;
        void delay(3_000).then(() => batch.now());
      }
      await delay(LIVE_EVERY_MS);
    }
  };
  const running = run().catch((error: unknown) =>
    line.logger.error({ err: error }, "the simulation stopped"),
  );
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
};
