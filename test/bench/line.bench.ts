import { report } from "./measured.js";
import { aFeed, appendAll, makeLine, msOf, runLayers, startLanding, startSpeed } from "./line/lineRun.js";
import type { FeedForm } from "./line/feed.js";
import { verify } from "./line/verify.js";

/*
 * The whole embedded line as `freshet dev` runs it: clicks are made, appended, folded, stored and landed at once, then counted against their
 * known answers. Beside it each part by itself over the same number of events, and JSON.parse of them, which says how fast the machine is.
 */
const EVENTS = Number(process.env["FRESHET_BENCH_EVENTS"] ?? 1_000_000);
const MUST_RATE = 150_000;
const AIM_RATE = 400_000;
/** Of JSON.parse on one core. */
const RATIO_MIN = 0.1;
const NS_PER_MS = 1e6;

const nsPerEvent = (ms: number): number => Math.round((ms * NS_PER_MS) / EVENTS);

const makeAll = async (form: FeedForm, each: (data: Uint8Array) => void): Promise<number> =>
  msOf(async () => {
    const feed = aFeed(form, EVENTS);
    for (let call = feed.next(); call !== null; call = feed.next()) for (const { data } of call) each(data);
  });

const parse = (data: Uint8Array): void => {
  try {
    JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString("utf8"));
  } catch {
    // some are cut short on purpose
  }
};

const partsByThemselves = async (form: FeedForm): Promise<Readonly<Record<string, number>>> => {
  const { data, end } = await makeLine();
  try {
    const make = await makeAll(form, () => undefined);
    const append = await msOf(() => appendAll(data, aFeed(form, EVENTS)));
    const speed = await runLayers([() => startSpeed(data)], async () => undefined);
    const landing = await runLayers([() => startLanding(data)], async () => undefined);
    return {
      makeNs: nsPerEvent(make),
      appendNs: nsPerEvent(append - make),
      speedNs: nsPerEvent(speed.ms),
      landingNs: nsPerEvent(landing.ms),
    };
  } finally {
    await end();
  }
};

const wholeLine = async (form: FeedForm) => {
  const { data, end } = await makeLine();
  try {
    const feed = aFeed(form, EVENTS);
    const times = await runLayers([() => startSpeed(data), () => startLanding(data)], () =>
      appendAll(data, feed),
    );
    await verify(data, feed.answers());
    return times;
  } finally {
    await end();
  }
};

await makeAll("plain", parse);
const parseMs = (await makeAll("plain", parse)) - (await makeAll("plain", () => undefined));
for (const form of ["plain", "aggregates"] as const) {
  const parts = await partsByThemselves(form);
  const { ms, busyMs, cpuMs } = await wholeLine(form);
  report({
    name: `the whole line, ${form === "plain" ? "an event a record" : "KPL aggregates of 50 kB"}`,
    value: Math.round((EVENTS * 1_000) / ms),
    unit: "events/s",
    ratio: parseMs / ms,
    against: "JSON.parse",
    min: RATIO_MIN,
    mustRate: MUST_RATE,
    aimRate: AIM_RATE,
    events: EVENTS,
    nsPerEvent: nsPerEvent(ms),
    cpuNs: nsPerEvent(cpuMs),
    mainBusyNs: nsPerEvent(busyMs.main),
    threadsBusyNs: busyMs.threads.map(nsPerEvent).join(" + "),
    ...Object.fromEntries(Object.entries(parts).map(([part, ns]) => [`alone_${part}`, ns])),
    jsonParseNs: nsPerEvent(parseMs),
  });
}
