import { HEALTH_NAMESPACE, type LineHealth } from "@freshet/batch-layer";

/** CloudWatch's embedded metric format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export const healthMetrics = (health: LineHealth, stage: string, nowMs: number): string => {
  const values = {
    Freshness: health.freshnessMs,
    SettledAge: health.settledAgeMs,
    Disagreements: health.disagreements,
    Rejected: health.rejected,
  };
  const known = Object.entries(values).filter(([, value]) => value !== null);
  const unitOf = (name: string): string =>
    name === "Freshness" || name === "SettledAge" ? "Milliseconds" : "Count";
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: HEALTH_NAMESPACE,
          Dimensions: [["Stage"]],
          Metrics: known.map(([Name]) => ({ Name, Unit: unitOf(Name) })),
        },
      ],
    },
    Stage: stage,
    ...Object.fromEntries(known),
  });
};
