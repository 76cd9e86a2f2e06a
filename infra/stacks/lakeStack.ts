import { Duration } from "aws-cdk-lib";
import { CfnDatabase } from "aws-cdk-lib/aws-glue";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  type LifecycleRule,
  StorageClass,
} from "aws-cdk-lib/aws-s3";
import { type MetricDefinition, parseDuration } from "@freshet/model";
import { Construct } from "constructs";
import { catalogLake } from "../catalog/lakeTables.js";
import { acceptWildcards } from "../reasons.js";
import { LineStack, type LineStackProps } from "./lineStack.js";

/** Before every key: what lies beside it in the bucket is not the line's. */
export const LAKE_PREFIX = "lake/";

const NONCURRENT_KEPT = Duration.days(30);
const UNFINISHED_KEPT = Duration.days(1);

/** Raw events, increment bodies and generations. */
export class LakeStack extends LineStack {
  readonly bucket: Bucket;
  readonly #key: IKey;

  constructor(
    scope: Construct,
    id: string,
    props: LineStackProps & {
      readonly key: IKey;
      readonly accessLogs: IBucket;
      readonly metrics: readonly MetricDefinition[];
    },
  ) {
    super(scope, id, props);
    this.#key = props.key;
    this.bucket = new Bucket(this, "Bucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: "lake/",
      lifecycleRules: this.#lifecycle(),
      ...this.removal,
    });
    const database = new CfnDatabase(this, "Catalog", {
      catalogId: this.account,
      databaseInput: { description: "The lake, as Athena, Redshift Spectrum and Spark read it" },
    });
    catalogLake(this, database, `s3://${this.bucket.bucketName}/${LAKE_PREFIX}`, props.metrics);
  }

  /** Raw events alone grow for ever; batch retires generations, speed its bodies. */
  #lifecycle(): LifecycleRule[] {
    const { lake, archiveAfter } = this.config.scale.retention;
    const days = (text: string): Duration => Duration.millis(parseDuration(text));
    const archived = archiveAfter && [
      { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: days(archiveAfter) },
    ];
    return [
      {
        id: "RemovedIsKeptForAWhile",
        noncurrentVersionExpiration: NONCURRENT_KEPT,
        abortIncompleteMultipartUploadAfter: UNFINISHED_KEPT,
      },
      ...(lake || archived
        ? [
            {
              id: "RawEvents",
              prefix: `${LAKE_PREFIX}raw/`,
              ...(archived && { transitions: archived }),
              ...(lake && { expiration: days(lake) }),
            },
          ]
        : []),
    ];
  }

  #grant(grantee: IGrantable, actions: readonly string[], below = ""): void {
    const objects = this.bucket.arnForObjects(`${LAKE_PREFIX}${below}*`);
    const onObjects = Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: [objects] });
    Grant.addToPrincipal({ grantee, actions: ["s3:ListBucket"], resourceArns: [this.bucket.bucketArn] });
    onObjects.assertSuccess();
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal))
      acceptWildcards(grantPrincipal, {
        [`/${LAKE_PREFIX}${below}*`]: "Objects of the lake are named when they are written.",
      });
  }

  grantRead(grantee: IGrantable, below?: string): void {
    this.#grant(grantee, ["s3:GetObject"], below);
    this.#key.grant(grantee, "kms:Decrypt");
  }

  grantReadWrite(grantee: IGrantable, below?: string): void {
    this.#grant(
      grantee,
      ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      below,
    );
    this.#key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey");
  }
}
