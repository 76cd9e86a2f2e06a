import { fullDiff, type ResourceDifference, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import { describe, expect, it } from "vitest";
import type { DeploymentConfig, StageConfig, StageName } from "./config/deployment.js";
import { aDeployment } from "./fixtures/deployment.js";
import { STATEFUL } from "./stackNames.js";
import { synthesise, synthesised, type Templates } from "./testing/templates.js";

const { staging, production } = aDeployment();

interface Change {
  readonly stack: string;
  readonly id: string;
  readonly difference: ResourceDifference;
}

/** By CloudFormation's own specification of which properties replace a resource. */
const changesBetween = (before: Templates, after: Templates): readonly Change[] =>
  Object.keys({ ...before, ...after }).flatMap((stack) => {
    const { resources } = fullDiff({ ...(before[stack] ?? {}) }, { ...(after[stack] ?? {}) });
    return Object.entries(resources.changes).map(([id, difference]) => ({ stack, id, difference }));
  });

const ofStateful = (changes: readonly Change[]): readonly Change[] =>
  changes.filter(({ stack }) => (STATEFUL as readonly string[]).includes(stack));

const isLost = ({ difference }: Change): boolean =>
  [
    ResourceImpact.WILL_REPLACE,
    ResourceImpact.MAY_REPLACE,
    ResourceImpact.WILL_DESTROY,
    ResourceImpact.WILL_ORPHAN,
  ].includes(difference.changeImpact);

const named = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ stack, id, difference }) => `${stack}/${id}: ${difference.changeImpact}`);

const larger = (config: StageConfig): StageConfig => ({
  ...config,
  scale: {
    eventsPerSecond: config.scale.eventsPerSecond * 3,
    bytesPerEvent: config.scale.bytesPerEvent * 2,
    keys: config.scale.keys * 10,
    retention: { stream: "14d", lake: "400d", archiveAfter: "120d" },
  },
});

describe("a change replaces nothing that holds data", () => {
  it.each([
    ["of scale, in production", "production", { production: larger(production) }],
    ["of scale, in staging", "staging", { staging: larger(staging) }],
    ["of the stream's mode", "production", { production: { ...production, stream: "on-demand" } }],
    ["from functions to workers", "staging", { staging: { ...staging, speed: "workers" } }],
    ["from DuckDB to Spark", "staging", { staging: { ...staging, batch: { engine: "spark", every: "2h" } } }],
    ["of the image", "production", { image: `${aDeployment().image}/../other` }],
    [
      "of who is told, and may ask",
      "production",
      {
        production: {
          ...production,
          alarms: { ...production.alarms, email: "other@example.com", freshness: "30s" },
          serving: { ...production.serving, allowedNetworks: ["192.0.2.0/24"] },
        },
      },
    ],
  ] satisfies readonly (readonly [string, StageName, Partial<DeploymentConfig>])[])(
    "%s",
    (_what, stage, overrides) => {
      const changes = changesBetween(synthesised(stage).templates, synthesise(stage, overrides).templates);
      expect(changes.length).toBeGreaterThan(0);
      expect(named(ofStateful(changes).filter(isLost))).toEqual([]);
    },
  );

  it("and neither does the step that lets data go, before they are destroyed", () => {
    const changes = changesBetween(
      synthesised("staging").templates,
      synthesise("staging", {}, { deleteData: true }).templates,
    );
    expect(named(ofStateful(changes).filter(isLost))).toEqual([]);
  });

  it("but search, once it is switched off, is orphaned: its domain stays until somebody deletes it", () => {
    const changes = changesBetween(
      synthesised("production").templates,
      synthesise("production", { production: { ...production, search: false } }).templates,
    );
    const lost = ofStateful(changes).filter(isLost);
    expect(lost.every(({ stack }) => stack === "Search")).toBe(true);
    expect(named(lost)).toContain("Search/Domain: WILL_ORPHAN");
  });

  it("would be noticed", () => {
    const { templates } = synthesised("production");
    const other = structuredClone(templates) as unknown as Record<
      string,
      { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> }
    >;
    const table = Object.values(other["Views"]?.Resources ?? {}).find(
      ({ Type }) => Type === "AWS::DynamoDB::Table",
    );
    if (table) table.Properties["TableName"] = "a-name-of-its-own";
    const stream = Object.values(other["Stream"]?.Resources ?? {}).find(
      ({ Type }) => Type === "AWS::Kinesis::Stream",
    );
    if (stream) stream.Properties["Name"] = "another";
    expect(ofStateful(changesBetween(templates, other)).filter(isLost)).toHaveLength(2);
  });
});
