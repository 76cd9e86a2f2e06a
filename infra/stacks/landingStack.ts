import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Grant, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, LogStream, RetentionDays } from "aws-cdk-lib/aws-logs";

import type { Construct } from "constructs";
import { LineFunction } from "../functions/lineFunction.js";
import { accept } from "../reasons.js";
import { LAKE_PREFIX } from "./lakeStack.js";
import { LineStack, type LineStackProps } from "./lineStack.js";
import { FIREHOSE, type LineStore, storeJson } from "./store.js";

/** Of whoever works with the store file, beside it. */
const LOCAL_DIR = ".freshet";

const TRANSFORM_MIB = 512;
const TRANSFORM_TIMEOUT = Duration.minutes(5);
const BUFFER = { intervalInSeconds: 300, sizeInMBs: 64 } as const;
/** 1 MB: of more, the answer would not fit into Lambda's 6 MB. */
const TRANSFORM_BUFFER_MB = "1";

/** What brings the log into the lake: Firehose, with a function that writes each record's position beside it. */
export class LandingStack extends LineStack {
  readonly delivery: CfnDeliveryStream;

  constructor(
    scope: Construct,
    id: string,
    { store, key, ...props }: LineStackProps & { readonly store: LineStore; readonly key: IKey },
  ) {
    super(scope, id, props);
    const transform = new LineFunction(this, "Transform", {
      code: "transform",
      memoryMib: TRANSFORM_MIB,
      timeout: TRANSFORM_TIMEOUT,
    });
    const log = new LogGroup(this, "Log", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stream = new LogStream(this, "Delivered", { logGroup: log, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("firehose.amazonaws.com") });
    const source = store.stream.stream.streamArn;
    // What both prefixes begin with.
    store.lake.grantReadWrite(role, FIREHOSE.prefix.slice(0, -1));
    store.stream.grantRead(role);
    log.grantWrite(role);
    Grant.addToPrincipal({ grantee: role, actions: ["kinesis:DescribeStream"], resourceArns: [source] });
    Grant.addToPrincipal({
      grantee: role,
      actions: ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"],
      resourceArns: [transform.handler.functionArn],
    });
    const { bucket } = store.lake;
    this.delivery = new CfnDeliveryStream(this, "Delivery", {
      deliveryStreamType: "KinesisStreamAsSource",
      kinesisStreamSourceConfiguration: { kinesisStreamArn: source, roleArn: role.roleArn },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${LAKE_PREFIX}${FIREHOSE.prefix}!{timestamp:yyyy/MM/dd/HH}/`,
        errorOutputPrefix: `${LAKE_PREFIX}${FIREHOSE.errorPrefix}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/`,
        compressionFormat: "GZIP",
        bufferingHints: BUFFER,
        encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: key.keyArn } },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: log.logGroupName,
          logStreamName: stream.logStreamName,
        },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: "Lambda",
              parameters: [
                { parameterName: "LambdaArn", parameterValue: transform.handler.functionArn },
                { parameterName: "BufferSizeInMBs", parameterValue: TRANSFORM_BUFFER_MB },
                { parameterName: "BufferIntervalInSeconds", parameterValue: "60" },
                { parameterName: "RoleArn", parameterValue: role.roleArn },
              ],
            },
          ],
        },
      },
    });
    this.delivery.node.addDependency(role);
    new CfnOutput(this, "Store", {
      description: "A store file: other commands take it with --store",
      value: storeJson(this, store, LOCAL_DIR),
    });
    accept(this.delivery, {
      KDF1: "Its source is a stream that is encrypted with the line's key, and it keeps nothing itself.",
    });
  }
}
