import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/**
 * Says why what a rule of cdk-nag's AwsSolutions finds at a construct, or below it, is as it should be. A wildcard is named as the
 * rule finds it: `IAM5[Resource::*]`. Reasons stand in the templates' metadata, where a test looks for them.
 */
export const accept = (construct: IConstruct, reasons: Readonly<Record<string, string>>): void =>
  Validations.of(construct).acknowledge(
    ...Object.entries(reasons).map(([rule, reason]) => ({ id: `AwsSolutions-${rule}`, reason })),
  );
