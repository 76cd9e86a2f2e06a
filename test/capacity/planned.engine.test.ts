import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  clicksApp,
  createGenerated,
  createRandom,
  DEFAULT_GENERATED,
  bodyBytesOf,
  type Coefficients,
  FLUSH_MS,
  logTarget,
  speedVcpusOf,
  writeUnitsOf,
} from "@freshet/simulators";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { openDataStore } from "@freshet/storage";
import { pino } from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { startServices } from "../aws/wire/services.js";
import { noWireMet, openWire } from "../aws/wire/wire.js";
import { freshetJson, repositoryFile, temporaryDirectory } from "../support/freshet.js";
import { createUnitMeter } from "./unitMeter.js";
import { sendFor } from "./sendFor.js";

const SHARDS = 4;
const PER_SECOND = 2_000;
const KEYS = 500;
const SKEW = 1.1;
const WINDOWS = 5;
const WINDOW_MS = 5_000;
const WARM_UP_MS = 10_000;
const SEED = 7;
const UNITS_WITHIN = 0.2;
const CPU_WITHIN = 0.35;
const CALIBRATION_EVENTS = 200_000;
/** Otherwise than calibration had it. */
const PASS = { events: 200_000, eventsPerSecond: 20_000, keys: 50_000, skew: 0.9, speedOnly: true };
const PASSES = 5;
const EVENT_BYTES = 220;
const MEASURE = `
  import { measurePass } from "./cli/dist/wiring/calibrate.js";
  const [options, passes] = JSON.parse(process.argv[1]);
  await measurePass(options);
  const us = [];
  for (let pass = 0; pass < passes; pass++) us.push((await measurePass(options)).speedUs);
  console.log(JSON.stringify(us));`;

const middleOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const LOG = { segmentMs: 1_000, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 };

describe("what a plan predicts", () => {
  let coefficients: Coefficients;
  const own = temporaryDirectory();

  beforeAll(async () => {
    const out = join(own.path, "coefficients.json");
    coefficients = await freshetJson<Coefficients>(
      "calibrate",
      "--events",
      String(CALIBRATION_EVENTS),
      "--out",
      out,
    );
    return () => own.remove();
  });

  it("is the processor time of the speed layer within 35 %, the median of five", async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", MEASURE, "--", JSON.stringify([PASS, PASSES])],
      { cwd: repositoryFile(".") },
    );
    const measured = JSON.parse(stdout) as number[];
    const question = { ...PASS, eventBytes: EVENT_BYTES };
    const predicted = (speedVcpusOf(coefficients, question, SHARDS) * 1e6) / PASS.eventsPerSecond;
    console.log(
      JSON.stringify({
        name: "speed, us an event",
        measured,
        predicted,
        coefficients: coefficients.measured,
      }),
    );
    expect(Math.abs(predicted / middleOf(measured) - 1)).toBeLessThan(CPU_WITHIN);
  });

  it("is the write units of a worker on DynamoDB within a fifth, the median of five windows", async () => {
    const directory = temporaryDirectory();
    const services = await startServices(SHARDS, { seed: SEED });
    const meter = createUnitMeter(services.listeners.dynamodb);
    const wire = await openWire(
      { ...services.listeners, dynamodb: meter.listener },
      { random: createRandom(SEED), faults: { answerLost: 0, throttled: 0 }, met: noWireMet() },
    );
    try {
      await services.makeTable(wire.endpoint);
      const store = services.configOf(wire.endpoint, join(directory.path, "local"), { pollMs: 250 });
      const data = await openDataStore(store, { create: { shards: SHARDS, ...LOG } });
      await publishApp(data.records, data.log, clicksApp, Date.now());
      const speed = await startSpeedLayer({
        ...{ store, threads: 0, logger: pino({ level: "warn" }) },
        settings: { flushAfterMs: FLUSH_MS },
      });
      const source = createGenerated({
        ...DEFAULT_GENERATED,
        ...{ seed: SEED, fromMs: Date.now(), durationMs: WARM_UP_MS + WINDOWS * WINDOW_MS + 5_000 },
        ...{
          rate: { kind: "steady", perSecond: PER_SECOND },
          articles: KEYS,
          zipfExponent: SKEW,
          clusters: 1,
        },
        shares: { ...DEFAULT_GENERATED.shares, view: 1, late: 0, bad: 0 },
      });
      const sending = sendFor(source, await logTarget("the simulated Kinesis", data.log));
      const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      await wait(WARM_UP_MS);
      const perSecond: number[] = [];
      const before = meter.byKey();
      for (let window = 0; window < WINDOWS; window++) {
        const [units, fromMs] = [meter.writeUnits(), performance.now()];
        await wait(WINDOW_MS);
        perSecond.push(((meter.writeUnits() - units) * 1_000) / (performance.now() - fromMs));
      }
      const after = meter.byKey();
      await sending.stop();
      await speed.caughtUp();
      const bodies = await measuredBodyBytes(
        data,
        (await data.log.shards()).map(({ id }) => id),
      );
      await speed.stop();
      await data.close();
      const measured = middleOf(perSecond);
      const bodyBytes = bodyBytesOf(coefficients.measured, PER_SECOND / SHARDS, KEYS, SKEW);
      const predicted = writeUnitsOf(SHARDS, bodyBytes, FLUSH_MS).steady;
      console.log(
        JSON.stringify({
          name: "write units a second",
          ...{ measured, predicted, windows: perSecond, bodyBytes, bodyBytesMeasured: bodies },
          byKey: Object.fromEntries(
            Object.entries(after).map(([key, units]) => [
              key,
              ((units - (before[key] ?? 0)) * 1_000) / (WINDOWS * WINDOW_MS),
            ]),
          ),
        }),
      );
      expect(Math.abs(predicted / measured - 1)).toBeLessThan(UNITS_WITHIN);
    } finally {
      await wire.close();
      await services.close();
      directory.remove();
    }
  });
});

/** Of finished segments, on average. */
const measuredBodyBytes = async (
  data: Awaited<ReturnType<typeof openDataStore>>,
  shards: readonly Parameters<typeof data.increments.segments>[0][],
): Promise<number> => {
  const pages = await Promise.all(shards.map((shard) => data.increments.segments(shard, null, 1_000)));
  const finished = pages.flat().filter((segment) => segment.finished && segment.counts.events > 0);
  const bytes = finished.map(({ body }) => (body.kind === "inline" ? body.bytes.length : body.length));
  return bytes.reduce((sum, each) => sum + each, 0) / bytes.length;
};
