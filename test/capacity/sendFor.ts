import { systemClock } from "@freshet/sdk";
import { drive, createLedger, type EventSource, type LoadTarget } from "@freshet/simulators";

/** Drives a source until it ends or is stopped. */
export const sendFor = (source: EventSource, target: LoadTarget): { stop(): Promise<void> } => {
  const stop = new AbortController();
  const ledger = createLedger();
  const driving = drive({
    ...{ source, target, ledger, clock: systemClock },
    ...{ startMs: systemClock.elapsedMs(), signal: stop.signal },
  });
  return {
    async stop() {
      stop.abort();
      await driving;
      if (ledger.counts().failed > 0) throw new Error(ledger.failures().join("; "));
    },
  };
};
