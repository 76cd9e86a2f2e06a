import { HEALTH_NAMESPACE } from "@freshet/batch-layer";
import { expect, it } from "vitest";
import { healthMetrics } from "./healthMetrics.js";

const health = { freshnessMs: 1_200, settledAgeMs: null, disagreements: 0, rejected: 3 };

it("writes what is known as CloudWatch's embedded metrics, by stage, and leaves out what is not", () => {
  const line = JSON.parse(healthMetrics(health, "staging", 5)) as Record<string, unknown>;
  expect(line).toEqual({
    _aws: {
      Timestamp: 5,
      CloudWatchMetrics: [
        {
          Namespace: HEALTH_NAMESPACE,
          Dimensions: [["Stage"]],
          Metrics: [
            { Name: "Freshness", Unit: "Milliseconds" },
            { Name: "Disagreements", Unit: "Count" },
            { Name: "Rejected", Unit: "Count" },
          ],
        },
      ],
    },
    Stage: "staging",
    Freshness: 1_200,
    Disagreements: 0,
    Rejected: 3,
  });
});
