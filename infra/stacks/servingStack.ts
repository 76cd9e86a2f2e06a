import { CfnOutput, Duration } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { Peer, Port, SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import {
  Cluster,
  type ContainerImage,
  ContainerInsights,
  FargateService,
  Secret as TaskSecret,
} from "aws-cdk-lib/aws-ecs";
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
  SslPolicy,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { KeyStack } from "./keyStack.js";
import { accept } from "../reasons.js";
import { LineTask } from "../tasks/lineTask.js";
import { LineStack, type LineStackProps } from "./lineStack.js";
import { NETWORK, type NetworkStack } from "./networkStack.js";
import { grantServing, type LineStore } from "./store.js";
import { protectWith } from "../serving/firewall.js";

const PORT = 4600;
const HTTPS = 443;
const HTTP = 80;
const DISK_GIB = 60;
/** Live streams say something every 15 s; between, a connection is silent. */
const IDLE_TIMEOUT = Duration.minutes(5);
/** `freshet serve` takes 25 s to end what is under way. */
const DRAIN = Duration.seconds(30);
/** A reader loads the increments after the cut before it serves. */
const START_GRACE = Duration.minutes(5);
const BUSY_PERCENT = 60;

export interface ServingStackProps extends LineStackProps {
  readonly store: LineStore;
  readonly network: NetworkStack;
  readonly image: ContainerImage;
  readonly keys: KeyStack;
  readonly accessLogs: IBucket;
}

/** API, dashboard and collector behind a load balancer. */
export class ServingStack extends LineStack {
  readonly balancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: ServingStackProps) {
    super(scope, id, props);
    const { store, network, image } = props;
    const { least, most, ...size } = this.sizes.serving;
    // By its name alone: what is made here adds nothing to the key's own policy, which is another stack's.
    const masterKey = Secret.fromSecretCompleteArn(this, "MasterKey", props.keys.masterKey.secretArn);
    const task = new LineTask(this, "Server", {
      image,
      size,
      store,
      grant: grantServing,
      command: ["serve", "--host", "0.0.0.0", "--port", String(PORT), "--trust-proxy", NETWORK],
      secrets: { FRESHET_KEY: TaskSecret.fromSecretsManager(masterKey) },
      port: PORT,
      diskGib: DISK_GIB,
    });
    props.keys.key.grant(task.definition.obtainExecutionRole(), "kms:Decrypt");
    const { vpc } = network;
    const servers = new SecurityGroup(this, "Reached", {
      vpc,
      description: "Servers",
      allowAllOutbound: false,
    });
    // It is the network's: who reaches the servers is said here, by a group of their own.
    const callers = SecurityGroup.fromSecurityGroupId(this, "Callers", network.tasks.securityGroupId, {
      mutable: false,
    });
    const service = new FargateService(this, "Servers", {
      cluster: new Cluster(this, "Cluster", {
        vpc: network.vpc,
        containerInsightsV2: ContainerInsights.ENABLED,
      }),
      taskDefinition: task.definition,
      desiredCount: least,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: START_GRACE,
      securityGroups: [callers, servers],
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
    this.balancer = this.#balancer(props);
    const listener = this.balancer.addListener("Tls", {
      port: HTTPS,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      sslPolicy: SslPolicy.TLS13_RES,
      certificates: [Certificate.fromCertificateArn(this, "Certificate", this.config.serving.certificateArn)],
    });
    this.targets = listener.addTargets("Servers", {
      port: PORT,
      protocol: ApplicationProtocol.HTTP,
      targets: [service],
      deregistrationDelay: DRAIN,
      healthCheck: { path: "/healthz", healthyThresholdCount: 2 },
    });
    const scaling = service.autoScaleTaskCount({ minCapacity: least, maxCapacity: most });
    scaling.scaleOnCpuUtilization("Busy", { targetUtilizationPercent: BUSY_PERCENT });
    protectWith(this, this.balancer);
    new CfnOutput(this, "Address", { value: `https://${this.balancer.loadBalancerDnsName}` });
  }

  #balancer({ network, accessLogs }: ServingStackProps): ApplicationLoadBalancer {
    const { vpc } = network;
    const group = new SecurityGroup(this, "Front", {
      vpc,
      description: "Who may ask",
      allowAllOutbound: false,
    });
    for (const from of this.config.serving.allowedNetworks ?? ["0.0.0.0/0"])
      for (const port of [HTTPS, HTTP]) group.addIngressRule(Peer.ipv4(from), Port.tcp(port), "Clients");
    accept(group, { EC23: "The API is for everybody who has a key, unless the deployment names networks." });
    const balancer = new ApplicationLoadBalancer(this, "Balancer", {
      vpc,
      internetFacing: true,
      securityGroup: group,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      idleTimeout: IDLE_TIMEOUT,
      dropInvalidHeaderFields: true,
    });
    balancer.logAccessLogs(accessLogs, "balancer");
    balancer.addRedirect({ open: false });
    return balancer;
  }
}
