import { Duration } from "aws-cdk-lib";
import { Trail } from "aws-cdk-lib/aws-cloudtrail";
import { BlockPublicAccess, Bucket, BucketEncryption, StorageClass } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { accept } from "../reasons.js";
import { LineStack, type LineStackProps } from "./lineStack.js";

const ACCESS_KEPT = Duration.days(90);
const TRAIL_KEPT = Duration.days(400);
const TRAIL_ARCHIVED_AFTER = Duration.days(90);

const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
} as const;

/** Who did what: CloudTrail's record of the account, and the access logs of buckets and load balancer. */
export class AuditStack extends LineStack {
  /** S3 and the load balancer write into it; neither can write with a customer's key. */
  readonly accessLogs: Bucket;

  constructor(scope: Construct, id: string, props: LineStackProps) {
    super(scope, id, props);
    this.accessLogs = new Bucket(this, "AccessLogs", {
      ...closed,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: ACCESS_KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      ...this.removal,
    });
    accept(this.accessLogs, { S1: "It is the bucket of access logs: a log of its own logs has no end." });
    const trailLogs = new Bucket(this, "TrailLogs", {
      ...closed,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      serverAccessLogsBucket: this.accessLogs,
      serverAccessLogsPrefix: "trail/",
      lifecycleRules: [
        {
          transitions: [
            { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: TRAIL_ARCHIVED_AFTER },
          ],
          expiration: TRAIL_KEPT,
          noncurrentVersionExpiration: ACCESS_KEPT,
        },
      ],
      ...this.removal,
    });
    new Trail(this, "Trail", { bucket: trailLogs, enableFileValidation: true, isMultiRegionTrail: false });
  }
}
