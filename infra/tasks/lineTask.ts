import { RemovalPolicy } from "aws-cdk-lib";
import {
  type ContainerDefinition,
  type ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
  type Secret,
} from "aws-cdk-lib/aws-ecs";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Stack } from "aws-cdk-lib";
import type { DocumentsConfig } from "@freshet/storage";
import { Construct } from "constructs";
import type { TaskSize } from "@freshet/model";
import { accept, acceptWildcards } from "../reasons.js";
import { type LineStore, STORE_VARIABLE, storeJson } from "../stacks/store.js";

/** The image has it, owned by the user that it runs as; nothing else of a container can be written. */
const LOCAL_DIR = "/var/freshet";
const CPU_UNITS_PER_VCPU = 1_024;
/** Of Fargate, without asking for more. */
const DISK_GIB_MIN = 21;

export interface LineTaskProps {
  readonly image: ContainerImage;
  readonly size: TaskSize;
  readonly store: LineStore;
  /** What stands after `freshet`. */
  readonly command: readonly string[];
  /** What the command does to the stores. */
  readonly grant: (store: LineStore, grantee: IGrantable) => void;
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** Of the projector. */
  readonly documents?: DocumentsConfig;
  readonly port?: number;
  /** For scratch files and copies of what DuckDB reads. */
  readonly diskGib?: number;
}

/** A container of the app's image that runs one command of `freshet` on the line's stores. */
export class LineTask extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly container: ContainerDefinition;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LineTaskProps) {
    super(scope, id);
    const {
      image,
      size,
      store,
      command,
      grant,
      secrets = {},
      documents,
      port,
      diskGib = DISK_GIB_MIN,
    } = props;
    this.logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.definition = new FargateTaskDefinition(this, "Definition", {
      cpu: size.vcpus * CPU_UNITS_PER_VCPU,
      memoryLimitMiB: size.memoryMib,
      ephemeralStorageGiB: diskGib,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      volumes: [{ name: "scratch" }],
    });
    this.container = this.definition.addContainer("Freshet", {
      image,
      command: [...command],
      environment: { [STORE_VARIABLE]: storeJson(Stack.of(this), store, LOCAL_DIR, documents) },
      secrets: { ...secrets },
      readonlyRootFilesystem: true,
      logging: LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: "freshet" }),
      ...(port !== undefined && { portMappings: [{ containerPort: port }] }),
    });
    this.container.addMountPoints({ containerPath: LOCAL_DIR, sourceVolume: "scratch", readOnly: false });
    grant(store, this.definition.taskRole);
    accept(this.definition, {
      ECS2: "What it is given names where the data lie, and no secret: those come from Secrets Manager.",
    });
    acceptWildcards(this.definition, { "*": "ecr:GetAuthorizationToken knows no resource." });
  }
}
