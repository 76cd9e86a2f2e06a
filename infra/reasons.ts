import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

/** In a construct's metadata: an ending of a resource, and why it is one. */
export const WILDCARD_REASONS = "freshet:wildcards";

export type WildcardReasons = Readonly<Record<string, string>>;

/** Says why what a rule of cdk-nag's AwsSolutions finds at a construct, or below it, is as it should be. */
export const accept = (construct: IConstruct, reasons: Readonly<Record<string, string>>): void =>
  Validations.of(construct).acknowledge(
    ...Object.entries(reasons).map(([rule, reason]) => ({ id: `AwsSolutions-${rule}`, reason })),
  );

/**
 * Says why the policies at a construct, or below it, name resources by a wildcard. Each by what it ends in (`/lake/*`), since what stands
 * before is a reference; `*` alone is all resources, and nothing else.
 */
export const acceptWildcards = (construct: IConstruct, reasons: WildcardReasons): void =>
  construct.node.addMetadata(WILDCARD_REASONS, reasons);

const matches = (ending: string, resource: string): boolean =>
  ending === "*" ? resource === "*" : resource.endsWith(ending);

/** The reason for a resource, said at the construct or above it; undefined: none. */
export const reasonFor = (construct: IConstruct, resource: string): string | undefined =>
  construct.node.scopes
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === WILDCARD_REASONS)
    .flatMap(({ data }) => Object.entries(data as WildcardReasons))
    .find(([ending]) => matches(ending, resource))?.[1];

const WILDCARD = /\[Resource::(.*)\]$/s;

/** cdk-nag's rules, to which a wildcard may be accepted by its ending. */
export class LineChecks extends AwsSolutionsChecks {
  override validateScope(scope: IConstruct): ReturnType<AwsSolutionsChecks["validateScope"]> {
    const report = super.validateScope(scope);
    const find = (path: string): IConstruct | undefined =>
      scope.node.root.node.findAll().find(({ node }) => node.path === path);
    const isAccepted = (resource: string, path: string): boolean => {
      const construct = find(path);
      return construct !== undefined && reasonFor(construct, resource) !== undefined;
    };
    const violations = report.violations.flatMap((violation) => {
      const resource = WILDCARD.exec(violation.ruleName)?.[1];
      if (resource === undefined) return [violation];
      const violatingResources = violation.violatingResources.filter(
        ({ constructPath }) => !constructPath || !isAccepted(resource, constructPath),
      );
      return violatingResources.length > 0 ? [{ ...violation, violatingResources }] : [];
    });
    return { ...report, success: violations.length === 0, violations };
  }
}
