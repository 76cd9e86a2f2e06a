import { CfnPolicy, ManagedPolicy } from "aws-cdk-lib/aws-iam";
import { Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { STAGES } from "./config/deployment.js";
import { reasonFor } from "./reasons.js";
import { resourcesOf, synthesised } from "./testing/templates.js";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** A resource as text, references as `<...>`: an independent reading of what cdk-nag flattens. */
const textOf = (resource: unknown): string => {
  if (typeof resource === "string") return resource;
  const join = (resource as { "Fn::Join"?: [string, unknown[]] })["Fn::Join"];
  return join ? join[1].map(textOf).join(join[0]) : "<reference>";
};

const policiesOf = (line: IConstruct): readonly CfnPolicy[] =>
  line.node.findAll().filter((one): one is CfnPolicy => one instanceof CfnPolicy);

describe.each(STAGES)("permissions in %s", (stage) => {
  const { line, templates } = synthesised(stage);
  const statements = policiesOf(line).flatMap((policy) => {
    const document = Stack.of(policy).resolve(policy.policyDocument) as { Statement: readonly Statement[] };
    return document.Statement.map((statement) => ({ policy, statement }));
  });

  it("are looked at, all of them", () => {
    expect(statements.length).toBeGreaterThan(25);
    const inTemplates = resourcesOf(templates, "AWS::IAM::Policy");
    expect(policiesOf(line)).toHaveLength(inTemplates.length);
    const managed = line.node.findAll().filter((one) => one instanceof ManagedPolicy);
    expect(managed).toEqual([]);
    for (const { Properties, id } of resourcesOf(templates, "AWS::IAM::Role"))
      expect([id, Properties?.["ManagedPolicyArns"], Properties?.["Policies"]]).toEqual([
        id,
        undefined,
        undefined,
      ]);
  });

  it("name every action", () => {
    for (const { policy, statement } of statements)
      for (const action of listOf(statement.Action))
        expect([policy.node.path, action]).not.toEqual([policy.node.path, expect.stringContaining("*")]);
  });

  it("have a written reason for every wildcard", () => {
    let seen = 0;
    for (const { policy, statement } of statements)
      for (const resource of listOf(statement.Resource).map(textOf)) {
        if (!resource.includes("*")) continue;
        seen++;
        expect([policy.node.path, resource, reasonFor(policy, resource)]).toEqual([
          policy.node.path,
          resource,
          expect.stringMatching(/^.{20,}\.$/),
        ]);
      }
    expect(seen).toBeGreaterThan(8);
  });

  it("let who publishes failures encrypt them: the topic's key is the line's", () => {
    const publishers = statements.filter(({ statement }) => listOf(statement.Action).includes("sns:Publish"));
    expect(publishers.length).toBeGreaterThan(0);
    for (const { policy } of publishers) {
      const actions = statements
        .filter((other) => other.policy === policy)
        .flatMap(({ statement }) => listOf(statement.Action));
      expect([policy.node.path, actions]).toEqual([
        policy.node.path,
        expect.arrayContaining(["kms:Decrypt", "kms:GenerateDataKey"]),
      ]);
    }
  });

  it("let the projector alone reach the domain of search", () => {
    const reaching = statements
      .filter(({ statement }) => listOf(statement.Action).some((action) => action.startsWith("es:")))
      .map(({ policy }) => policy.node.path.split("/").slice(1, 3).join("/"));
    expect(reaching).toEqual(stage === "production" ? ["Projection/Projector"] : []);
  });

  it("let only what writes write", () => {
    const mayPut = statements
      .filter(({ statement }) => listOf(statement.Action).includes("s3:PutObject"))
      .map(({ policy }) => policy.node.path.split("/").slice(1, 3).join("/"));
    expect([...new Set(mayPut)].sort()).toEqual(
      stage === "staging"
        ? ["Batch/Task", "Landing/Role", "Speed/Fold", "Speed/Tend"]
        : ["Batch/Spark", "Batch/Task", "Landing/Role", "Speed/Worker"],
    );
  });
});
