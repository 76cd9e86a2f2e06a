import { Duration, Stack } from "aws-cdk-lib";
import { Grant, type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CustomState } from "aws-cdk-lib/aws-stepfunctions";
import { JOB_TIMEOUT_MS, sparkJobOf, toJobArguments } from "@freshet/batch-layer";
import type { Construct } from "constructs";
import { NEXT_JOB } from "./recountSteps.js";
import type { SparkApplication } from "./sparkApplication.js";

const TIMEOUT = Duration.millis(JOB_TIMEOUT_MS);
const SUBMIT = [
  "--conf spark.sql.session.timeZone=UTC",
  "--conf spark.executor.cores=4",
  "--conf spark.executor.memory=14g",
  "--conf spark.driver.cores=4",
  "--conf spark.driver.memory=14g",
].join(" ");

/** Stands in a text where the name of the job will. */
const JOB = "{}";

const expression = (text: string): string =>
  text.includes(JOB) ? `States.Format('${text}', ${NEXT_JOB})` : `'${text}'`;

/** `batch-layer/spark/jobArguments.ts`, for the job that is next. */
export const argumentsExpression = (lake: string): string =>
  `States.Array(${toJobArguments(sparkJobOf(lake, JOB)).map(expression).join(", ")})`;

/** Starts the job that is the next of a run and waits for its end. @param lake `s3://BUCKET/PREFIX/` */
export const sparkStep = (
  scope: Construct,
  id: string,
  { application, jobRole, driver, logGroup }: SparkApplication,
  lake: string,
): CustomState =>
  new CustomState(scope, id, {
    stateJson: {
      Type: "Task",
      Resource: `arn:${Stack.of(scope).partition}:states:::emr-serverless:startJobRun.sync`,
      Parameters: {
        ApplicationId: application.attrApplicationId,
        ExecutionRoleArn: jobRole.roleArn,
        "Name.$": "$$.Execution.Name",
        JobDriver: {
          SparkSubmit: {
            EntryPoint: driver.s3ObjectUrl,
            "EntryPointArguments.$": argumentsExpression(lake),
            SparkSubmitParameters: SUBMIT,
          },
        },
        ConfigurationOverrides: {
          MonitoringConfiguration: {
            CloudWatchLoggingConfiguration: { Enabled: true, LogGroupName: logGroup.logGroupName },
          },
        },
      },
      TimeoutSeconds: TIMEOUT.toSeconds(),
      ResultPath: null,
    },
  });

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html */
export const grantSparkStep = (grantee: IGrantable, { application, jobRole }: SparkApplication): void => {
  const stack = Stack.of(application);
  const arn = application.attrArn;
  Grant.addToPrincipal({ grantee, actions: ["emr-serverless:StartJobRun"], resourceArns: [arn] });
  Grant.addToPrincipal({
    grantee,
    actions: ["emr-serverless:CancelJobRun", "emr-serverless:GetJobRun"],
    resourceArns: [`${arn}/jobruns/*`],
  });
  Grant.addToPrincipal({
    grantee,
    actions: ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
    resourceArns: [
      stack.formatArn({
        service: "events",
        resource: "rule",
        resourceName: "StepFunctionsGetEventsForEMRServerlessJobRule",
      }),
    ],
  });
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ["iam:PassRole"],
      resources: [jobRole.roleArn],
      conditions: { StringEquals: { "iam:PassedToService": "emr-serverless.amazonaws.com" } },
    }),
  );
};
