import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppDocument } from "@freshet/model";
import { createRandom, UNTHROTTLED } from "@freshet/simulators";
import {
  publishApp,
  type SpeedLayer,
  type SpeedLayerOptions,
  type SpeedSettings,
  startSpeedLayer,
} from "@freshet/speed-layer";
import { type DataStore, openDataStore } from "@freshet/storage";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type Services, startServices } from "./services.js";
import { noWireMet, openWire, type Wire } from "./wire.js";

const quiet = pino({ level: "silent" });
const SETTINGS: Partial<SpeedSettings> = {
  flushAfterMs: 100,
  heartbeatAfterMs: 1_000,
  scheduleAheadMs: 2_000,
  leaseTtlMs: 3_000,
};

export interface WiredLine {
  readonly services: Services;
  readonly data: DataStore;
  readonly directory: string;
  /** Stopped when the running test ends. */
  startWorker(
    options?: Partial<SpeedLayerOptions>,
  ): Promise<{ readonly speed: SpeedLayer; readonly wire: Wire }>;
}

/** A line on AWS' protocols that nothing befalls by itself. */
export const aWiredLine = async (shards: number, app: AppDocument): Promise<WiredLine> => {
  const directory = mkdtempSync(join(tmpdir(), "freshet-wire-"));
  const services = await startServices(shards, { seed: 1, limits: UNTHROTTLED });
  const newWire = async (): Promise<Wire> => {
    const faults = { answerLost: 0, throttled: 0 };
    const wire = await openWire(services.listeners, { random: createRandom(1), faults, met: noWireMet() });
    onTestFinished(() => wire.close());
    return wire;
  };
  onTestFinished(async () => {
    await services.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const own = await newWire();
  await services.makeTable(own.endpoint);
  const create = { shards, segmentMs: 1_000, segmentEventsMax: 5_000, dedupeHorizonMs: 60_000 };
  const configOf = (wire: Wire) =>
    services.configOf(wire.endpoint, join(directory, "local"), { pollMs: 100 });
  const data = await openDataStore(configOf(own), { create });
  onTestFinished(() => data.close());
  await publishApp(data.records, data.log, app, Date.now());
  return {
    services,
    data,
    directory,
    async startWorker(options = {}) {
      const wire = await newWire();
      const store = configOf(wire);
      const speed = await startSpeedLayer({
        store,
        threads: 0,
        logger: quiet,
        settings: SETTINGS,
        ...options,
      });
      onTestFinished(() => speed.stop().catch(() => undefined));
      return { speed, wire };
    },
  };
};
