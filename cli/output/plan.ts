import type { Plan } from "@freshet/simulators";
import { table } from "./table.js";

const count = (value: number): string => Math.round(value).toLocaleString("en");
const usd = (value: number): string => `$${value < 100 ? value.toFixed(2) : count(value)}`;
const times = (value: number): string => (value >= 10 ? count(value) : value.toFixed(2));

/** A plan for people. */
export const planText = ({ costs, needs, limits, whatIf, prices, coefficients, ...plan }: Plan): string =>
  [
    table(
      ["part", "USD a month", "", ""],
      [
        ...costs.map(({ part, usdPerMonth, atMostUsdPerMonth, because }) => [
          part,
          usd(usdPerMonth),
          atMostUsdPerMonth > usdPerMonth ? `at most ${usd(atMostUsdPerMonth)}` : "",
          because,
        ]),
        [
          "all",
          usd(plan.usdPerMonth),
          `at most ${usd(plan.atMostUsdPerMonth)}`,
          `${usd(plan.usdPerBillionEvents)} per billion events`,
        ],
      ],
      400,
    ),
    `a segment of a shard holds ${count(needs.groupsPerSegment)} groups in ${count(needs.bodyBytesPerSegment)} bytes, in ${needs.bodiesIn}`,
    "",
    "what if",
    table(
      ["", "shards", "workers", "USD a month"],
      whatIf.map(({ change, shards, workers, usdPerMonth }) => [change, shards, workers, usd(usdPerMonth)]),
    ),
    "",
    "limits, the nearest first: at how many times this load",
    ...limits.map(({ what, times: at, then }) => `  ${times(at)} x  ${what}; ${then}`),
    "",
    `prices: ${prices.region}, ${prices.asOf}, ${prices.source}`,
    `coefficients: ${coefficients.machine}, ${coefficients.measuredAt}`,
  ].join("\n");
