import { CfnResource, Stack, type Stage } from "aws-cdk-lib";
import { STATEFUL } from "../stackNames.js";

export interface PictureStack {
  readonly name: string;
  readonly isStateful: boolean;
  /** What it is there for, by service. */
  readonly holds: readonly string[];
  /** Names of the stacks that it needs; what these need is left out. */
  readonly needs: readonly string[];
}

/** Those that say what a stack is; roles, rules and log groups do not. */
const SHOWN: Readonly<Record<string, string>> = {
  "AWS::Budgets::Budget": "budget",
  "AWS::CloudTrail::Trail": "CloudTrail",
  "AWS::CloudWatch::Alarm": "alarm",
  "AWS::CloudWatch::Dashboard": "dashboard",
  "AWS::DynamoDB::Table": "DynamoDB table",
  "AWS::EC2::VPC": "VPC",
  "AWS::EC2::VPCEndpoint": "endpoint",
  "AWS::ECS::Service": "Fargate service",
  "AWS::EMRServerless::Application": "EMR Serverless (Spark)",
  "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer, TLS",
  "AWS::Events::Rule": "schedule",
  "AWS::Glue::Table": "Glue table",
  "AWS::KMS::Key": "KMS key",
  "AWS::Kinesis::Stream": "Kinesis stream",
  "AWS::KinesisFirehose::DeliveryStream": "Firehose",
  "AWS::Lambda::Function": "function",
  "AWS::OpenSearchService::Domain": "OpenSearch domain",
  "AWS::S3::Bucket": "S3 bucket",
  "AWS::SNS::Topic": "topic, mail",
  "AWS::SecretsManager::Secret": "secret",
  "AWS::StepFunctions::StateMachine": "state machine",
  "AWS::WAFv2::WebACL": "WAF",
};

const holdsOf = (stack: Stack): readonly string[] => {
  const counts = new Map<string, number>();
  for (const construct of stack.node.findAll()) {
    const shown = CfnResource.isCfnResource(construct) ? SHOWN[construct.cfnResourceType] : undefined;
    if (shown !== undefined) counts.set(shown, (counts.get(shown) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} x ${name}`)).sort();
};

/** What of the others is needed by way of another already. */
const direct = (stack: Stack): readonly Stack[] => {
  const beyond = new Set<Stack>();
  const walk = (one: Stack): void => {
    for (const needed of one.dependencies) {
      beyond.add(needed);
      walk(needed);
    }
  };
  for (const needed of stack.dependencies) walk(needed);
  return stack.dependencies.filter((needed) => !beyond.has(needed));
};

/** The stacks of a stage that was synthesised, in their order. */
export const pictureStacks = (line: Stage): readonly PictureStack[] =>
  line.node.children
    .filter((child): child is Stack => Stack.isStack(child))
    .map((stack) => ({
      name: stack.node.id,
      isStateful: (STATEFUL as readonly string[]).includes(stack.node.id),
      holds: holdsOf(stack),
      needs: direct(stack).map(({ node }) => node.id),
    }));
