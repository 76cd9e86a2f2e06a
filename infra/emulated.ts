import { Aspects, CfnResource, type IAspect } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** What MiniStack 1.5.33 does not know; a test with it fails as soon as it does. Nothing refers to any of it. */
export const EMULATOR_LACKS: ReadonlySet<string> = new Set([
  "AWS::ApplicationAutoScaling::ScalableTarget",
  "AWS::ApplicationAutoScaling::ScalingPolicy",
  "AWS::Budgets::Budget",
  "AWS::CloudTrail::Trail",
  "AWS::EC2::FlowLog",
  "AWS::EC2::SecurityGroupEgress",
  "AWS::EC2::SecurityGroupIngress",
  "AWS::WAFv2::WebACLAssociation",
]);

const leaveOut: IAspect = {
  visit(construct: IConstruct): void {
    if (CfnResource.isCfnResource(construct) && EMULATOR_LACKS.has(construct.cfnResourceType))
      construct.node.scope?.node.tryRemoveChild(construct.node.id);
  },
};

/** Of all that stands below. */
export const leaveOutWhatEmulatorsLack = (scope: IConstruct): void => Aspects.of(scope).add(leaveOut);
