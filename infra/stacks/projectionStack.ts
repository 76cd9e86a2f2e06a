import { SubnetType } from "aws-cdk-lib/aws-ec2";
import { Cluster, type ContainerImage, ContainerInsights, FargateService } from "aws-cdk-lib/aws-ecs";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { LineTask } from "../tasks/lineTask.js";
import { LineStack, type LineStackProps } from "./lineStack.js";
import type { NetworkStack } from "./networkStack.js";
import type { SearchStack } from "./searchStack.js";
import { grantServing, type LineStore } from "./store.js";

/** For copies of what DuckDB reads. */
const DISK_GIB = 60;

export interface ProjectionStackProps extends LineStackProps {
  readonly store: LineStore;
  readonly network: NetworkStack;
  readonly image: ContainerImage;
  readonly search: SearchStack;
}

/** What keeps the newest answers as documents in the domain of search. */
export class ProjectionStack extends LineStack {
  /** Where the projector says how far behind it is. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: ProjectionStackProps) {
    super(scope, id, props);
    const { store, network, image, search } = props;
    const { vcpus, memoryMib } = this.sizes.serving;
    const task = new LineTask(this, "Projector", {
      image,
      size: { vcpus, memoryMib },
      store,
      grant: grantServing,
      command: ["project", "--log-level", "info"],
      documents: search.documents,
      diskGib: DISK_GIB,
    });
    this.logGroup = task.logGroup;
    search.grantReadWrite(task.definition.taskRole);
    // One process has the role: the old task ends before the new one begins.
    new FargateService(this, "Projectors", {
      cluster: new Cluster(this, "Cluster", {
        vpc: network.vpc,
        containerInsightsV2: ContainerInsights.ENABLED,
      }),
      taskDefinition: task.definition,
      desiredCount: 1,
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [network.tasks],
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
  }
}
