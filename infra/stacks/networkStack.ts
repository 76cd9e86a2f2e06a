import { Fn, RemovalPolicy } from "aws-cdk-lib";
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { LineStack, type LineStackProps } from "./lineStack.js";

/** Of the VPC. */
export const NETWORK = "10.40.0.0/16";
const SUBNET_BITS = 20;
const ZONES = 2;

/** What tasks call beside S3 and DynamoDB, each by a door of its own: nothing of theirs goes to the internet, and no NAT takes a toll. */
const INTERFACES = {
  Kinesis: InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
  ImageApi: InterfaceVpcEndpointAwsService.ECR,
  ImageLayers: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
} as const;

/** Where containers run. */
export class NetworkStack extends LineStack {
  readonly vpc: Vpc;
  /** Tasks of the line: whoever has it reaches the endpoints. */
  readonly tasks: SecurityGroup;

  constructor(scope: Construct, id: string, props: LineStackProps) {
    super(scope, id, props);
    this.vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(NETWORK),
      maxAzs: ZONES,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: "Public", subnetType: SubnetType.PUBLIC, cidrMask: SUBNET_BITS, mapPublicIpOnLaunch: false },
        { name: "Tasks", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: SUBNET_BITS },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    this.vpc.addFlowLog("Flows", {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, "FlowLogs", {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
    });
    this.tasks = new SecurityGroup(this, "Tasks", { vpc: this.vpc, description: "Tasks of the line" });
    const doors = new SecurityGroup(this, "Doors", {
      vpc: this.vpc,
      description: "Endpoints of AWS services",
      allowAllOutbound: false,
    });
    doors.addIngressRule(this.tasks, Port.HTTPS, "Tasks call AWS");
    for (const [name, service] of Object.entries(INTERFACES))
      this.vpc.addInterfaceEndpoint(name, {
        service,
        securityGroups: [doors],
        open: false,
        subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      });
  }

  /** Of the region, whichever it is: no look-up that a synth on another machine would not repeat. */
  override get availabilityZones(): string[] {
    return Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  }
}
