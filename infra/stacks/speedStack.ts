import { Duration } from "aws-cdk-lib";
import { SubnetType } from "aws-cdk-lib/aws-ec2";
import { Cluster, type ContainerImage, ContainerInsights, FargateService } from "aws-cdk-lib/aws-ecs";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { CfnEventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { LineFunction } from "../functions/lineFunction.js";
import { LineTask } from "../tasks/lineTask.js";
import { LineStack, type LineStackProps } from "./lineStack.js";
import type { NetworkStack } from "./networkStack.js";
import { FUNCTION_DIR, grantWork, type LineStore, STORE_VARIABLE, storeJson } from "./store.js";

/** docs/lambda.md: a cold start reads the dedupe horizon first. */
const FOLD_TIMEOUT = Duration.minutes(5);
const TEND_EVERY = Duration.minutes(1);
const TEND_MIB = 1_024;
const BATCH_RECORDS = 1_000;
const BATCH_WINDOW_SECONDS = 1;
/** Lambda: of all records, ever. */
const UNLIMITED = -1;

export interface SpeedStackProps extends LineStackProps {
  readonly store: LineStore;
  readonly network: NetworkStack;
  readonly image: ContainerImage;
}

/** What folds the log into increments: by one switch, workers that share the shards, or a function behind an event source mapping. */
export class SpeedStack extends LineStack {
  /** Where dead letters and conflicts are reported. */
  readonly logGroup: ILogGroup;
  readonly fold: IFunction | null;
  readonly workers: FargateService | null;

  constructor(scope: Construct, id: string, props: SpeedStackProps) {
    super(scope, id, props);
    switch (this.config.speed) {
      case "workers": {
        const { logGroup, service } = this.#workers(props);
        this.logGroup = logGroup;
        this.workers = service;
        this.fold = null;
        return;
      }
      case "lambda": {
        const { logGroup, handler } = this.#functions(props.store);
        this.logGroup = logGroup;
        this.workers = null;
        this.fold = handler;
      }
    }
  }

  #workers({ store, network, image }: SpeedStackProps) {
    const { vcpus, memoryMib, count } = this.sizes.worker;
    const { definition, logGroup } = new LineTask(this, "Worker", {
      image,
      size: { vcpus, memoryMib },
      store,
      grant: grantWork,
      command: ["speed", "--log-level", "info"],
    });
    const cluster = new Cluster(this, "Cluster", {
      vpc: network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    // A worker that goes gives up its leases; one that is killed loses them after their time.
    const service = new FargateService(this, "Workers", {
      cluster,
      taskDefinition: definition,
      desiredCount: count,
      minHealthyPercent: 50,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      securityGroups: [network.tasks],
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
    return { logGroup, service };
  }

  #functions(store: LineStore) {
    const environment = { [STORE_VARIABLE]: storeJson(this, store, FUNCTION_DIR) };
    const fold = new LineFunction(this, "Fold", {
      code: "fold",
      memoryMib: this.sizes.fold.memoryMib,
      timeout: FOLD_TIMEOUT,
      environment,
    });
    const tend = new LineFunction(this, "Tend", {
      code: "tend",
      memoryMib: TEND_MIB,
      timeout: FOLD_TIMEOUT,
      environment,
    });
    for (const { role } of [fold, tend]) grantWork(store, role);
    // What Lambda's own poller asks for beside what reading asks for.
    const source = store.stream.stream;
    source.grant(fold.role, "kinesis:DescribeStream", "kinesis:SubscribeToShard");
    // docs/lambda.md says why each of them must be so; a test asks `mappingFaults`.
    new CfnEventSourceMapping(this, "Mapping", {
      eventSourceArn: source.streamArn,
      functionName: fold.handler.functionName,
      startingPosition: "TRIM_HORIZON",
      batchSize: BATCH_RECORDS,
      maximumBatchingWindowInSeconds: BATCH_WINDOW_SECONDS,
      parallelizationFactor: 1,
      maximumRetryAttempts: UNLIMITED,
      maximumRecordAgeInSeconds: UNLIMITED,
      bisectBatchOnFunctionError: false,
      functionResponseTypes: ["ReportBatchItemFailures"],
    }).node.addDependency(fold.role);
    new Rule(this, "Minutely", {
      schedule: Schedule.rate(TEND_EVERY),
      targets: [new FunctionTarget(tend.handler)],
    });
    return { logGroup: fold.logGroup, handler: fold.handler };
  }
}
