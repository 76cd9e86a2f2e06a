import { Stage, Tags, Validations } from "aws-cdk-lib";
import { ContainerImage } from "aws-cdk-lib/aws-ecs";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import type { MetricDefinition } from "@freshet/model";
import type { Construct } from "constructs";
import type { DeploymentConfig, StageName } from "./config/deployment.js";
import { leaveOutWhatEmulatorsLack } from "./emulated.js";
import { LineChecks } from "./reasons.js";
import { AlertStack } from "./stacks/alertStack.js";
import { AuditStack } from "./stacks/auditStack.js";
import { BatchStack } from "./stacks/batchStack.js";
import { KeyStack } from "./stacks/keyStack.js";
import { LakeStack } from "./stacks/lakeStack.js";
import { LandingStack } from "./stacks/landingStack.js";
import { NetworkStack } from "./stacks/networkStack.js";
import { ObservabilityStack } from "./stacks/observabilityStack.js";
import { ProjectionStack } from "./stacks/projectionStack.js";
import { SearchStack } from "./stacks/searchStack.js";
import { ServingStack } from "./stacks/servingStack.js";
import { SpeedStack } from "./stacks/speedStack.js";
import { StreamStack } from "./stacks/streamStack.js";
import { ViewsStack } from "./stacks/viewsStack.js";

export interface LineOptions {
  readonly deployment: DeploymentConfig;
  readonly stage: StageName;
  /** What the app measures: each has a table in the catalogue. */
  readonly metrics?: readonly MetricDefinition[];
  /** For a server on this machine: what it lacks is left out, and the image is a name, since it has nowhere to build one. */
  readonly emulated?: boolean;
  /** Data go with their stacks. */
  readonly deleteData?: boolean;
}

/** All stacks of one stage, the stateful ones first. Ids are part of the contract: a changed one is another resource. */
export const createLine = (scope: Construct, options: LineOptions): Stage => {
  const { deployment, stage, metrics = [], emulated = false, deleteData = false } = options;
  const config = deployment[stage];
  const line = new Stage(scope, `${deployment.name}-${stage}`);
  Tags.of(line).add("freshet:stage", stage);
  const props = { config, deleteData };
  const withTermination = { ...props, terminationProtection: !deleteData && !emulated };

  const keys = new KeyStack(line, "Keys", withTermination);
  const { key } = keys;
  const { accessLogs } = new AuditStack(line, "Audit", withTermination);
  const stream = new StreamStack(line, "Stream", { ...withTermination, key });
  const lake = new LakeStack(line, "Lake", { ...withTermination, key, accessLogs, metrics });
  const views = new ViewsStack(line, "Views", { ...withTermination, key });
  const store = { stream, lake, views };

  const network = new NetworkStack(line, "Network", props);
  const search = config.search
    ? new SearchStack(line, "Search", { ...withTermination, key, vpc: network.vpc, tasks: network.tasks })
    : null;
  const alerts = new AlertStack(line, "Alerts", { ...props, key });
  const image = emulated
    ? ContainerImage.fromRegistry(deployment.name)
    : ContainerImage.fromAsset(deployment.image, { platform: Platform.LINUX_ARM64 });
  const landing = new LandingStack(line, "Landing", { ...props, store, key });
  const speed = new SpeedStack(line, "Speed", { ...props, store, network, image });
  const batch = new BatchStack(line, "Batch", { ...props, store, network, image, failures: alerts });
  const serving = new ServingStack(line, "Serving", { ...props, store, network, image, keys, accessLogs });
  const projection = search
    ? new ProjectionStack(line, "Projection", { ...props, store, network, image, search })
    : null;
  new ObservabilityStack(line, "Observability", {
    ...props,
    stage,
    store,
    alerts: alerts.topic,
    landing,
    speed,
    batch,
    serving,
    projection,
  });
  if (emulated) leaveOutWhatEmulatorsLack(line);
  else
    Validations.of(line).addPlugins(
      new LineChecks(line, { verbose: true, writeSuppressionsToCloudFormation: true }),
    );
  return line;
};
