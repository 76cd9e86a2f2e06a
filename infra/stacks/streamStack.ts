import { Duration } from "aws-cdk-lib";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { Grant } from "aws-cdk-lib/aws-iam";
import { Stream, StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { parseDuration } from "@freshet/model";
import type { Construct } from "constructs";
import { accept } from "../reasons.js";
import { LineStack, type LineStackProps } from "./lineStack.js";

const READ = [
  "kinesis:DescribeStreamSummary",
  "kinesis:GetRecords",
  "kinesis:GetShardIterator",
  "kinesis:ListShards",
] as const;

/** The log. */
export class StreamStack extends LineStack {
  readonly stream: Stream;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: LineStackProps & { readonly key: IKey }) {
    super(scope, id, props);
    const { stream, scale } = this.config;
    const provisioned = { streamMode: StreamMode.PROVISIONED, shardCount: this.sizes.shards };
    this.#key = props.key;
    this.stream = new Stream(this, "Stream", {
      ...(stream === "provisioned" ? provisioned : { streamMode: StreamMode.ON_DEMAND }),
      retentionPeriod: Duration.millis(parseDuration(scale.retention.stream)),
      encryption: StreamEncryption.KMS,
      encryptionKey: props.key,
      ...this.removal,
    });
    accept(this.stream, {
      KDS3: "Who may read what was encrypted is said by the key's policy, and each use of it is in CloudTrail: the service's own key has neither.",
    });
  }

  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: [...READ], resourceArns: [this.stream.streamArn] });
    this.#key.grant(grantee, "kms:Decrypt");
  }

  /** To append events, and to know which shard takes which. */
  grantAppend(grantee: IGrantable): void {
    const actions = ["kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:PutRecords"];
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.stream.streamArn] });
    this.#key.grant(grantee, "kms:GenerateDataKey");
  }
}
