import { clicksApp, DEFAULT_CLICKS } from "@freshet/simulators";
import { clickRecords } from "./clickRecords.js";
import { report } from "./report.js";
import { median } from "./rounds.js";
import { sizes } from "./sizes.js";
import { createStageClock, STAGES } from "./stages.js";

/* Where the time goes, from the bytes of KPL records to increments, on one core, in the product's own code. MD5 is not looked at. */
const { events, rounds } = sizes({ events: 1_500_000, rounds: 5 });
const WARM_UP_EVENTS = 200_000;

const timeStages = createStageClock(clicksApp);
timeStages(clickRecords(Math.min(events, WARM_UP_EVENTS), { seed: DEFAULT_CLICKS.seed + 1 }));
const clicks = clickRecords(events);
const spent = Array.from({ length: rounds }, () => {
  globalThis.gc?.();
  return timeStages(clicks);
});
const stages = STAGES.map((stage) => ({
  stage,
  ns: (median(spent.map((round) => round[stage])) * 1e6) / events,
  bestNs: (Math.min(...spent.map((round) => round[stage])) * 1e6) / events,
}));
const wholeNs = stages.reduce((sum, { ns }) => sum + ns, 0);
for (const { stage, ns, bestNs } of stages) {
  report({
    name: stage,
    value: ns,
    unit: "ns/event",
    chart: "stages",
    share: ns / wholeNs,
    best: bestNs,
    ...{ seed: DEFAULT_CLICKS.seed, events, rounds },
  });
}
const [slowest] = stages.toSorted((a, b) => b.ns - a.ns);
console.log(
  `the next bottleneck: ${slowest?.stage ?? "none"}, ${Math.round(slowest?.ns ?? 0)} of ${Math.round(wholeNs)} ns`,
);
