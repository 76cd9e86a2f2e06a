import { Grant, type IGrantable, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { LineStack, type LineStackProps } from "./lineStack.js";

/** Where failures and alarms go: to somebody's mail. */
export class AlertStack extends LineStack {
  readonly topic: Topic;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: LineStackProps & { readonly key: IKey }) {
    super(scope, id, props);
    this.#key = props.key;
    this.topic = new Topic(this, "Topic", { masterKey: props.key, enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(this.config.alarms.email));
    for (const service of ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"])
      this.topic.grantPublish(new ServicePrincipal(service));
  }

  /** A topic that is encrypted takes messages of who may encrypt them. */
  grantPublish(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ["sns:Publish"], resourceArns: [this.topic.topicArn] });
    this.#key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey");
  }
}
