import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { SubnetType } from "aws-cdk-lib/aws-ec2";
import { Cluster, type ContainerImage, ContainerInsights } from "aws-cdk-lib/aws-ecs";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";

import {
  DefinitionBody,
  IntegrationPattern,
  JsonPath,
  LogLevel,
  StateMachine,
  Timeout,
} from "aws-cdk-lib/aws-stepfunctions";
import { EcsFargateLaunchTarget, EcsRunTask } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { parseDuration } from "@freshet/model";
import type { Construct } from "constructs";
import { BATCH_COMMANDS, JOB_VARIABLE, RUN_VARIABLE } from "../batch/commands.js";
import { NEXT_JOB, type Recount } from "../batch/recountSteps.js";
import { runSteps } from "../batch/runSteps.js";
import { SparkApplication } from "../batch/sparkApplication.js";
import { grantSparkStep, sparkStep } from "../batch/sparkStep.js";
import type { FunctionName } from "../functions/bundle.js";
import { LineFunction } from "../functions/lineFunction.js";
import { acceptWildcards } from "../reasons.js";
import { LineTask } from "../tasks/lineTask.js";
import type { AlertStack } from "./alertStack.js";
import { LAKE_PREFIX } from "./lakeStack.js";
import { LineStack, type LineStackProps } from "./lineStack.js";
import type { NetworkStack } from "./networkStack.js";
import { FUNCTION_DIR, grantLook, grantWork, type LineStore, STORE_VARIABLE, storeJson } from "./store.js";

const ASKED_MIB = 512;
const ASKED_TIMEOUT = Duration.minutes(1);
const TASK_TIMEOUT = Duration.hours(3);
const RUN_TIMEOUT = Duration.hours(12);
/** Rows of an hour, and copies of the files that they are counted with. */
const DISK_GIB = 200;

export interface BatchStackProps extends LineStackProps {
  readonly store: LineStore;
  readonly network: NetworkStack;
  readonly image: ContainerImage;
  readonly failures: AlertStack;
}

/** What recounts the lake: a state machine that a schedule starts. */
export class BatchStack extends LineStack {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: BatchStackProps) {
    super(scope, id, props);
    const { store, network, image, failures } = props;
    const { engine, every } = this.config.batch;
    const task = new LineTask(this, "Task", {
      image,
      size: this.sizes.batch,
      store,
      grant: grantWork,
      command: ["batch", "--help"],
      diskGib: DISK_GIB,
    });
    const cluster = new Cluster(this, "Cluster", {
      vpc: network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const step = (
      name: string,
      command: readonly string[],
      variables: Readonly<Record<string, string>> = {},
    ): EcsRunTask =>
      new EcsRunTask(this, name, {
        integrationPattern: IntegrationPattern.RUN_JOB,
        cluster,
        taskDefinition: task.definition,
        launchTarget: new EcsFargateLaunchTarget(),
        containerOverrides: [
          {
            containerDefinition: task.container,
            command: [...command],
            environment: Object.entries({ [RUN_VARIABLE]: "$$.Execution.Name", ...variables }).map(
              ([variable, path]) => ({ name: variable, value: JsonPath.stringAt(path) }),
            ),
          },
        ],
        securityGroups: [network.tasks],
        subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        taskTimeout: Timeout.duration(TASK_TIMEOUT),
        resultPath: JsonPath.DISCARD,
      });
    const asked = (id: string, code: FunctionName): LineFunction => {
      const made = new LineFunction(this, id, {
        code,
        memoryMib: ASKED_MIB,
        timeout: ASKED_TIMEOUT,
        environment: { [STORE_VARIABLE]: storeJson(this, store, FUNCTION_DIR) },
      });
      grantLook(store, made.role);
      return made;
    };
    const ready = asked("Ready", "ready");
    const spark =
      engine === "spark"
        ? new SparkApplication(this, "Spark", { lake: store.lake, sizes: this.sizes })
        : null;
    const lake = `s3://${store.lake.bucket.bucketName}/${LAKE_PREFIX}`;
    const recount: Recount = spark
      ? {
          kind: "job",
          prepare: step("Prepare", BATCH_COMMANDS.prepare),
          next: asked("Next", "next").handler,
          count: sparkStep(this, "Count", spark, lake),
          publish: step("Publish", BATCH_COMMANDS.publish, { [JOB_VARIABLE]: NEXT_JOB }),
          giveUp: step("GiveUp", BATCH_COMMANDS.giveUp),
        }
      : { kind: "task", recount: step("Recount", BATCH_COMMANDS.recount) };
    this.machine = new StateMachine(this, "Run", {
      definitionBody: DefinitionBody.fromChainable(
        runSteps(this, {
          land: step("Land", BATCH_COMMANDS.land),
          ready: ready.handler,
          recount,
          failures: failures.topic,
        }),
      ),
      timeout: RUN_TIMEOUT,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, "RunLog", {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
      },
    });
    failures.grantPublish(this.machine);
    if (spark) grantSparkStep(this.machine, spark);
    acceptWildcards(this.machine, {
      "*": "Tasks have names once they run: ecs:StopTask and DescribeTasks. X-Ray and the delivery of logs know no resources.",
      ":*": "Any version of the function or the task that it starts.",
      "/jobruns/*": "Job runs have names once they run.",
    });
    new Rule(this, "Schedule", {
      schedule: Schedule.rate(Duration.millis(parseDuration(every))),
      targets: [new SfnStateMachine(this.machine)],
    });
  }
}
