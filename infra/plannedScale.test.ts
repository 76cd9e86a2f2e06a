import {
  type Coefficients,
  createRandom,
  DEFAULT_QUESTION,
  type Plan,
  type PlanQuestion,
  planFor,
  US_EAST_1,
} from "@freshet/simulators";
import { describe, expect, it } from "vitest";
import { ConfigError } from "./config/configError.js";
import type { DeploymentConfig } from "./config/deployment.js";
import { parseDeployment } from "./config/parseDeployment.js";
import { aDeployment } from "./fixtures/deployment.js";
import { onlyResource, resourcesOf, synthesise, type Templates } from "./testing/templates.js";

const SEED = 20_261_121;
const QUESTIONS = 400;

const COEFFICIENTS: Coefficients = {
  format: 1,
  measuredAt: "2026-11-21T12:00:00.000Z",
  machine: "a machine",
  measured: {
    ...{ eventBytes: 220, speedUsPerEvent: 4, speedUsPerGroup: 2 },
    ...{ bodyBytesOfFirst: 40, bodyBytesOfMore: 10, bodyBytesOfMost: 2_500 },
    ...{ landUsPerEvent: 3, lakeBytesPerEvent: 80, batchUsPerEvent: 5 },
  },
};

const aQuestion = (overrides: Partial<PlanQuestion> = {}): PlanQuestion => ({
  ...DEFAULT_QUESTION,
  ...{ eventsPerSecond: 58_000, eventBytes: 220, keys: 1e6, retentionDays: 30, freshnessMs: 2_000 },
  ...overrides,
});

/** What `freshet plan --json` prints is text: so it goes into a deployment's file. */
const scaleAsPrinted = (plan: Plan): unknown =>
  (JSON.parse(JSON.stringify(plan)) as { readonly scale: unknown }).scale;

const withScale = (scale: unknown): unknown => {
  const { production, ...deployment } = aDeployment();
  const where = {
    region: US_EAST_1.region,
    serving: { certificateArn: `arn:aws:acm:${US_EAST_1.region}:222222222222:certificate/x` },
  };
  return { ...deployment, production: { ...production, ...where, scale } };
};

const tasksOf = (templates: Templates, stack: string): readonly (readonly [number, number])[] =>
  resourcesOf(templates, "AWS::ECS::TaskDefinition")
    .filter((task) => task.stack === stack)
    .map(({ Properties }) => [Number(Properties?.["Cpu"]) / 1_024, Number(Properties?.["Memory"])]);

describe("the scale of a plan", () => {
  it.each([
    ["the documented load", {}],
    [
      "a load of large events, one a record",
      { eventsPerSecond: 3_000, eventBytes: 4_000, eventsPerRecord: 1 },
    ],
    ["a load of many keys", { eventsPerSecond: 200_000, keys: 2e7 }],
  ] as const)("makes stacks of what was priced: %s", (_, overrides) => {
    const plan = planFor(aQuestion(overrides), COEFFICIENTS, US_EAST_1);
    const deployment: DeploymentConfig = parseDeployment(withScale(scaleAsPrinted(plan)), "the plan");
    const { templates } = synthesise("production", deployment);
    const { sizes } = plan.needs;
    expect(onlyResource(templates, "AWS::Kinesis::Stream").Properties).toMatchObject({
      ShardCount: sizes.shards,
    });
    expect(tasksOf(templates, "Speed")).toEqual([[sizes.worker.vcpus, sizes.worker.memoryMib]]);
    expect(tasksOf(templates, "Serving")).toEqual([[sizes.serving.vcpus, sizes.serving.memoryMib]]);
    const counts = resourcesOf(templates, "AWS::ECS::Service").map(({ stack, Properties }) => [
      stack,
      Properties?.["DesiredCount"],
    ]);
    expect(counts).toContainEqual(["Speed", sizes.worker.count]);
    const domain = onlyResource(templates, "AWS::OpenSearchService::Domain").Properties;
    expect(domain).toMatchObject({
      ClusterConfig: { InstanceCount: sizes.search.nodes },
      EBSOptions: { VolumeSize: sizes.search.volumeGib },
    });
    const priced = plan.costs.map(({ part, because }) => [part, because] as const);
    expect(priced).toContainEqual(["stream", expect.stringMatching(new RegExp(`^${sizes.shards} shards`))]);
    expect(priced).toContainEqual([
      "speed",
      expect.stringMatching(new RegExp(`^${sizes.worker.count} workers of ${sizes.worker.vcpus} vCPU`)),
    ]);
  });

  it("is taken by a stage, or the plan has said why it would not be", () => {
    const random = createRandom(SEED);
    const between = (least: number, most: number): number =>
      Math.exp(Math.log(least) + random.unit() * Math.log(most / least));
    let [taken, refused] = [0, 0];
    for (let n = 0; n < QUESTIONS; n++) {
      const eventBytes = between(20, 100_000);
      const question = aQuestion({
        ...{ eventsPerSecond: between(1, 2e6), eventBytes, keys: between(1, 5e8), peak: between(1, 10) },
        ...{ retentionDays: between(1, 3_660), logDays: between(1, 7), freshnessMs: between(2_000, 60_000) },
        ...(random.chance(0.3) && { eventsPerRecord: 1 }),
      });
      const plan = planFor(question, COEFFICIENTS, US_EAST_1);
      const fault = faultOf(withScale(scaleAsPrinted(plan)));
      const said = plan.limits.filter(({ times }) => times < 1).map(({ what }) => what);
      const refusing = said.filter((what) => /^a stage is|quota/.test(what));
      const context = `seed ${SEED}, question ${n}: ${JSON.stringify(question)}; ${fault}`;
      expect(refusing.length > 0, context).toBe(fault !== null);
      if (fault === null) taken++;
      else refused++;
    }
    expect(taken).toBeGreaterThan(QUESTIONS / 4);
    expect(refused).toBeGreaterThan(QUESTIONS / 10);
  });
});

const faultOf = (deployment: unknown): string | null => {
  try {
    parseDeployment(deployment, "the plan");
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
};
