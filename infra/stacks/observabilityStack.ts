import { Duration } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { Dashboard, GraphWidget, type IMetric, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { HttpCodeTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { FilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { HEALTH_NAMESPACE } from "@freshet/batch-layer";
import { parseDuration } from "@freshet/model";
import type { Construct } from "constructs";
import type { StageName } from "../config/deployment.js";
import { LineFunction } from "../functions/lineFunction.js";
import { Alarms, healthMetric, type Watched, WATCHED_EVERY } from "../observability/alarms.js";
import type { BatchStack } from "./batchStack.js";
import type { LandingStack } from "./landingStack.js";
import { LineStack, type LineStackProps } from "./lineStack.js";
import type { ProjectionStack } from "./projectionStack.js";
import type { ServingStack } from "./servingStack.js";
import type { SpeedStack } from "./speedStack.js";
import { FUNCTION_DIR, grantLook, type LineStore, STORE_VARIABLE, storeJson } from "./store.js";

const WATCH_MIB = 512;
const WATCH_TIMEOUT = Duration.seconds(50);
const PERIOD = Duration.minutes(1);
const FRESHNESS_DEFAULT = "10s";
/** An idle stream's tips move once a minute, and with functions up to a minute later: docs/lambda.md. */
const IDLE_MS = 120_000;
const LAG_MS = 60_000;
/** Of Firehose: its own buffer is five minutes. */
const DELIVERED_WITHIN_S = 900;
/** Runs that may fail before what is settled is old. */
const RUNS_MISSED = 3;
const LETTERS_MAX = 10;
const PROJECTED_WITHIN_MS = 300_000;
const BUDGET_PERCENTS = [80, 100] as const;

export interface ObservabilityStackProps extends LineStackProps {
  readonly stage: StageName;
  readonly store: LineStore;
  readonly alerts: ITopic;
  readonly landing: LandingStack;
  readonly speed: SpeedStack;
  readonly batch: BatchStack;
  readonly serving: ServingStack;
  /** Null where there is no search. */
  readonly projection: ProjectionStack | null;
}

/** What the line tells of itself, and whom it wakes. */
export class ObservabilityStack extends LineStack {
  constructor(
    scope: Construct,
    id: string,
    { stage, store, alerts, landing, speed, batch, serving, projection, ...props }: ObservabilityStackProps,
  ) {
    super(scope, id, props);
    const watch = new LineFunction(this, "Watch", {
      code: "watch",
      memoryMib: WATCH_MIB,
      timeout: WATCH_TIMEOUT,
      environment: { [STORE_VARIABLE]: storeJson(this, store, FUNCTION_DIR), FRESHET_STAGE: stage },
    });
    grantLook(store, watch.role);
    new Rule(this, "Minutely", {
      schedule: Schedule.rate(WATCHED_EVERY),
      targets: [new FunctionTarget(watch.handler)],
    });
    const letters = new MetricFilter(this, "DeadLetters", {
      logGroup: speed.logGroup,
      filterPattern: FilterPattern.stringValue("$.msg", "=", "events could not be counted"),
      metricNamespace: HEALTH_NAMESPACE,
      metricName: `DeadLetterReports-${stage}`,
    });
    const watched = [
      ...this.#ofLine(stage),
      ...this.#ofStream(store, landing),
      this.#failedRuns(batch),
      ...this.#ofServing(serving),
      ...(projection ? [this.#ofProjection(stage, projection)] : []),
    ];
    new Alarms(this, "Alarms", alerts, [
      ...watched,
      {
        id: "DeadLetters",
        metric: letters.metric({ statistic: "Sum", period: Duration.minutes(5) }),
        above: LETTERS_MAX,
        periods: [1, 1],
        advice: "Events come that cannot be counted: `freshet dead-letters` shows each with its reason.",
        silence: "good",
      },
    ]);
    this.#dashboard(watched);
    this.#budget(alerts.topicArn);
  }

  #ofLine(stage: StageName): readonly Watched[] {
    const { alarms, batch } = this.config;
    const freshnessMs = parseDuration(alarms.freshness ?? FRESHNESS_DEFAULT);
    return [
      {
        id: "Freshness",
        metric: healthMetric(stage, "Freshness"),
        above: freshnessMs + IDLE_MS,
        periods: [3, 5],
        advice: "A shard's tip is old: its worker is stuck or gone. `freshet status` names the shard.",
        silence: "bad",
      },
      {
        id: "LedgerImbalance",
        metric: healthMetric(stage, "Disagreements"),
        above: 0,
        periods: [1, 1],
        advice:
          "Speed and batch count differently: `freshet status` names the segments, docs/operations.md says what to do.",
        silence: "good",
      },
      {
        id: "SettledAge",
        metric: healthMetric(stage, "SettledAge"),
        above: RUNS_MISSED * parseDuration(batch.every) + Duration.hours(1).toMilliseconds(),
        periods: [1, 1],
        advice: "Batch has not gone on: look at the state machine's last executions.",
        silence: "good",
      },
    ];
  }

  #ofStream({ stream }: LineStore, { delivery }: LandingStack): readonly Watched[] {
    const { stream: log } = stream;
    const of = (metricName: string, statistic: string): Metric =>
      new Metric({
        namespace: "AWS/Kinesis",
        metricName,
        statistic,
        period: PERIOD,
        dimensionsMap: { StreamName: log.streamName },
      });
    return [
      {
        id: "Lag",
        metric: of("GetRecords.IteratorAgeMilliseconds", "Maximum"),
        above: LAG_MS,
        periods: [5, 5],
        advice: "Readers of the stream fall behind: more workers, or more shards.",
        silence: "good",
      },
      {
        id: "Throttled",
        metric: of("WriteProvisionedThroughputExceeded", "Sum"),
        above: 0,
        periods: [5, 10],
        advice: "Producers are throttled: raise the stage's scale.",
        silence: "good",
      },
      {
        id: "Delivery",
        metric: new Metric({
          namespace: "AWS/Firehose",
          metricName: "DeliveryToS3.DataFreshness",
          statistic: "Maximum",
          period: PERIOD,
          dimensionsMap: { DeliveryStreamName: delivery.ref },
        }),
        above: DELIVERED_WITHIN_S,
        periods: [5, 5],
        advice:
          "Firehose does not deliver: its log says why. Batch waits, and reads the log itself after an hour.",
        silence: "good",
      },
    ];
  }

  #failedRuns({ machine }: BatchStack): Watched {
    return {
      id: "FailedRuns",
      metric: machine.metricFailed({ period: PERIOD }),
      above: 0,
      periods: [1, 1],
      advice: "A batch run failed; its cause is in the mail that the run sent, and in its execution.",
      silence: "good",
    };
  }

  #ofServing({ targets, balancer }: ServingStack): readonly Watched[] {
    return [
      {
        id: "ServersDown",
        metric: targets.metrics.unhealthyHostCount({ period: PERIOD, statistic: "Minimum" }),
        above: 0,
        periods: [3, 5],
        advice: "A server does not answer for its health: look at its log.",
        silence: "good",
      },
      {
        id: "Errors",
        metric: balancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: PERIOD }),
        above: 5,
        periods: [3, 5],
        advice: "Servers answer with errors: look at their log.",
        silence: "good",
      },
    ];
  }

  #ofProjection(stage: StageName, { logGroup }: ProjectionStack): Watched {
    const behind = new MetricFilter(this, "ProjectionBehind", {
      logGroup,
      filterPattern: FilterPattern.stringValue("$.msg", "=", "projecting"),
      metricNamespace: HEALTH_NAMESPACE,
      metricName: `ProjectionBehind-${stage}`,
      metricValue: "$.behindMs",
    });
    return {
      id: "Projection",
      metric: behind.metric({ statistic: "Maximum", period: PERIOD }),
      above: PROJECTED_WITHIN_MS,
      periods: [5, 5],
      advice:
        "Documents in search are old, or their projector is gone: its log says what fails. The API answers without them.",
      silence: "bad",
    };
  }

  #dashboard(watched: readonly Watched[]): void {
    const graph = (title: string, metric: IMetric): GraphWidget =>
      new GraphWidget({ title, left: [metric], width: 8 });
    new Dashboard(this, "Dashboard", {
      defaultInterval: Duration.hours(12),
      widgets: [watched.map(({ id, metric }) => graph(id, metric))],
    });
  }

  /** Of the account: a stage has one of its own, or the other stage's cost counts too. */
  #budget(topicArn: string): void {
    new CfnBudget(this, "Budget", {
      budget: {
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: this.config.alarms.budgetUsdPerMonth, unit: "USD" },
      },
      notificationsWithSubscribers: BUDGET_PERCENTS.map((threshold) => ({
        notification: {
          notificationType: "FORECASTED",
          comparisonOperator: "GREATER_THAN",
          threshold,
          thresholdType: "PERCENTAGE",
        },
        subscribers: [{ subscriptionType: "SNS", address: topicArn }],
      })),
    });
  }
}
