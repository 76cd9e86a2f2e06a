import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack, type Stage } from "aws-cdk-lib";
import type { DeploymentConfig, StageName } from "../config/deployment.js";
import { aDeployment } from "../fixtures/deployment.js";
import { createLine, type LineOptions } from "../line.js";
import { createLineApp } from "../lineApp.js";

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** By the ids of the stacks, without their stage. */
export type Templates = Readonly<Record<string, StackTemplate>>;

export interface Synthesised {
  readonly line: Stage;
  readonly templates: Templates;
}

/** All templates of a stage. Nothing is looked up, and nothing but a scratch folder is written. */
export const synthesise = (
  stage: StageName,
  overrides: Partial<DeploymentConfig> = {},
  options: Partial<LineOptions> = {},
): Synthesised => {
  const app = createLineApp({ outdir: mkdtempSync(join(tmpdir(), "freshet-synth-")) });
  const line = createLine(app, { deployment: aDeployment(overrides), stage, ...options });
  const assembly = app.synth().getNestedAssembly(`assembly-${line.node.id}`);
  const templates = Object.fromEntries(
    line.node.children
      .filter((child) => Stack.isStack(child))
      .map((stack) => [stack.node.id, assembly.getStackArtifact(stack.artifactId).template as StackTemplate]),
  );
  return { line, templates };
};

const memory = new Map<StageName, Synthesised>();

/** The stage as the fixture has it; made once. */
export const synthesised = (stage: StageName): Synthesised => {
  const found = memory.get(stage) ?? synthesise(stage);
  memory.set(stage, found);
  return found;
};

export interface PlacedResource extends Resource {
  readonly stack: string;
  readonly id: string;
}

export const resourcesOf = (templates: Templates, type?: string): readonly PlacedResource[] =>
  Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources)
      .filter(([, resource]) => type === undefined || resource.Type === type)
      .map(([id, resource]) => ({ ...resource, stack, id })),
  );

/** The only one of its type. @throws where there is none, or more */
export const onlyResource = (templates: Templates, type: string): PlacedResource => {
  const [found, ...more] = resourcesOf(templates, type);
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} resources of ${type}`);
  return found;
};
