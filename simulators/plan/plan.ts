import type { Coefficients } from "./coefficients.js";
import { costsOf, type PartCost } from "./cost.js";
import { type Limit, limitsOf } from "./limits.js";
import { type Needs, needsOf } from "./needs.js";
import type { PriceTable } from "./prices.js";
import { checkQuestion, type PlanQuestion } from "./question.js";
import type { PlannedScale } from "./scale.js";

/** A plan for one load. Dollars are USD, on demand, without discounts, transfer between zones, load balancers and support. */
export interface Plan {
  readonly format: 1;
  readonly question: PlanQuestion;
  readonly needs: Omit<Needs, "scale">;
  readonly costs: readonly PartCost[];
  readonly usdPerMonth: number;
  readonly atMostUsdPerMonth: number;
  readonly usdPerBillionEvents: number;
  readonly limits: readonly Limit[];
  /** The same load, otherwise: what it would cost. */
  readonly whatIf: readonly WhatIf[];
  readonly scale: PlannedScale;
  readonly prices: Omit<PriceTable, "usd">;
  readonly coefficients: Omit<Coefficients, "measured">;
}

export interface WhatIf {
  readonly change: string;
  readonly shards: number;
  readonly workers: number;
  readonly usdPerMonth: number;
}

const SECONDS_PER_MONTH = 730 * 3_600;
const BILLION = 1e9;

const sum = (costs: readonly PartCost[], of: (cost: PartCost) => number): number =>
  costs.reduce((total, cost) => total + of(cost), 0);

const CHANGES: readonly {
  readonly change: string;
  readonly apply: (question: PlanQuestion) => Partial<PlanQuestion>;
}[] = [
  { change: "twice the events", apply: ({ eventsPerSecond }) => ({ eventsPerSecond: eventsPerSecond * 2 }) },
  {
    change: "events of half the size",
    apply: ({ eventBytes }) => ({ eventBytes: Math.max(20, eventBytes / 2) }),
  },
  { change: "ten times the keys", apply: ({ keys }) => ({ keys: keys * 10 }) },
  { change: "a record for each event", apply: () => ({ eventsPerRecord: 1 }) },
  { change: "four seconds fresh, by polling", apply: () => ({ freshnessMs: 4_000 }) },
  { change: "landing by workers of ours", apply: () => ({ landing: "workers" }) },
  { change: "a peak of three times the mean", apply: () => ({ peak: 3 }) },
];

/** @throws PlanError for a question out of range. */
export const planFor = (question: PlanQuestion, coefficients: Coefficients, prices: PriceTable): Plan => {
  checkQuestion(question);
  const { scale, ...needs } = needsOf(question, coefficients);
  const costs = costsOf(question, needs, prices);
  const usdPerMonth = sum(costs, (cost) => cost.usdPerMonth);
  const { eventsPerSecond } = question;
  const { usd: _, ...priced } = prices;
  const { measured: __, ...calibrated } = coefficients;
  return {
    format: 1,
    question,
    needs,
    costs,
    usdPerMonth,
    atMostUsdPerMonth: sum(costs, (cost) => cost.atMostUsdPerMonth),
    usdPerBillionEvents: (usdPerMonth * BILLION) / (eventsPerSecond * SECONDS_PER_MONTH),
    limits: limitsOf({ question, scale, sizes: needs.sizes, region: prices.region }),
    whatIf: CHANGES.map(({ change, apply }) => {
      const changed = { ...question, ...apply(question) };
      const changedNeeds = needsOf(changed, coefficients);
      return {
        change,
        shards: changedNeeds.sizes.shards,
        workers: changedNeeds.sizes.worker.count,
        usdPerMonth: sum(costsOf(changed, changedNeeds, prices), (cost) => cost.usdPerMonth),
      };
    }),
    scale,
    prices: priced,
    coefficients: calibrated,
  };
};
