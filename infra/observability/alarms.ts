import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { HEALTH_NAMESPACE } from "@freshet/batch-layer";
import { Construct } from "constructs";

/** What somebody is woken for, and what they are told to do. */
export interface Watched {
  /** Stable: part of the alarm's name in its stack. */
  readonly id: string;
  readonly metric: IMetric;
  /** Above it, for so many periods of so many. */
  readonly above: number;
  readonly periods: readonly [most: number, of: number];
  readonly advice: string;
  /** Whether silence is bad as well. */
  readonly silence: "bad" | "good";
}

export const WATCHED_EVERY = Duration.minutes(1);

/** What the watching function writes: cli/functions/healthMetrics.ts. */
export const healthMetric = (stage: string, metricName: string, statistic = "Maximum"): Metric =>
  new Metric({
    namespace: HEALTH_NAMESPACE,
    metricName,
    dimensionsMap: { Stage: stage },
    statistic,
    period: WATCHED_EVERY,
  });

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, topic: ITopic, watched: readonly Watched[]) {
    super(scope, id);
    const action = new SnsAction(topic);
    for (const { id: name, metric, above, periods, advice, silence } of watched) {
      const [most, of] = periods;
      const alarm = new Alarm(this, name, {
        metric,
        threshold: above,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        datapointsToAlarm: most,
        evaluationPeriods: of,
        treatMissingData: silence === "bad" ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
        alarmDescription: advice,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}
