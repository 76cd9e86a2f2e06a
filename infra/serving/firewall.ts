import type { IApplicationLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";

/** From one address, in five minutes; a page that polls or a browser that emits stays far below. */
const REQUESTS_MAX = 20_000;

const visible = (metricName: string) => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
  metricName,
});

const managed = (name: string, priority: number, counted: readonly string[] = []) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name,
      ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: visible(name),
});

/**
 * What AWS knows of attacks, and a limit to what one address may ask. Bodies are longer than the common rules allow (8 KB) where
 * events come in batches, and hold any text: those rules count, and do not block.
 */
export const protectWith = (scope: Construct, balancer: IApplicationLoadBalancer): CfnWebACL => {
  const firewall = new CfnWebACL(scope, "Firewall", {
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: visible("Firewall"),
    rules: [
      managed("AWSManagedRulesAmazonIpReputationList", 0),
      managed("AWSManagedRulesCommonRuleSet", 1, [
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "SizeRestrictions_BODY",
      ]),
      managed("AWSManagedRulesKnownBadInputsRuleSet", 2),
      {
        name: "OneAddress",
        priority: 3,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: REQUESTS_MAX, aggregateKeyType: "IP" } },
        visibilityConfig: visible("OneAddress"),
      },
    ],
  });
  new CfnWebACLAssociation(scope, "FirewallBefore", {
    webAclArn: firewall.attrArn,
    resourceArn: balancer.loadBalancerArn,
  });
  return firewall;
};
