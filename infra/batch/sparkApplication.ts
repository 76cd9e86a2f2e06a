import { createRequire } from "node:module";
import { RemovalPolicy } from "aws-cdk-lib";
import { CfnApplication } from "aws-cdk-lib/aws-emrserverless";
import { Grant, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Asset } from "aws-cdk-lib/aws-s3-assets";

import { Construct } from "constructs";
import type { Sizes } from "@freshet/model";
import { acceptWildcards } from "../reasons.js";
import type { LakeStack } from "../stacks/lakeStack.js";

/** Spark 4.0: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/release-versions.html. Releases 7.x have Spark 3.5. */
const RELEASE = "emr-spark-8.0.0";
const VCPUS = 4;
const MEMORY_GIB = 16;
const IDLE_MINUTES = 5;

const driverFile = (): string =>
  createRequire(import.meta.url).resolve("@freshet/batch-layer/spark/driver.py");

/** An application that starts with a job and stops when there is none, and what its jobs may do. */
export class SparkApplication extends Construct {
  readonly application: CfnApplication;
  readonly jobRole: Role;
  readonly driver: Asset;
  readonly logGroup: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    { lake, sizes }: { readonly lake: LakeStack; readonly sizes: Sizes },
  ) {
    super(scope, id);
    // The driver has an executor's size.
    const workers = sizes.spark.executorsMax + 1;
    this.application = new CfnApplication(this, "Application", {
      releaseLabel: RELEASE,
      type: "SPARK",
      architecture: "ARM64",
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: IDLE_MINUTES },
      maximumCapacity: { cpu: `${workers * VCPUS} vCPU`, memory: `${workers * MEMORY_GIB} GB` },
    });
    this.driver = new Asset(this, "Driver", { path: driverFile() });
    this.logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.jobRole = new Role(this, "JobRole", {
      assumedBy: new ServicePrincipal("emr-serverless.amazonaws.com"),
    });
    lake.grantReadWrite(this.jobRole);
    Grant.addToPrincipal({
      grantee: this.jobRole,
      actions: ["s3:GetObject"],
      resourceArns: [this.driver.bucket.arnForObjects(this.driver.s3ObjectKey)],
    });
    this.logGroup.grant(this.jobRole, "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents");
    Grant.addToPrincipal({ grantee: this.jobRole, actions: ["logs:DescribeLogGroups"], resourceArns: ["*"] });
    acceptWildcards(this.jobRole, {
      "*": "logs:DescribeLogGroups knows no resource, and EMR Serverless asks it before it logs.",
    });
  }
}
