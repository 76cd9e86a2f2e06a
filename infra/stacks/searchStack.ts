import { RemovalPolicy } from "aws-cdk-lib";
import { Port, SecurityGroup, SubnetType, type IVpc } from "aws-cdk-lib/aws-ec2";
import { Effect, Grant, type IGrantable, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnResourcePolicy, LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { CfnDomain } from "aws-cdk-lib/aws-opensearchservice";
import { PolicyDocument } from "aws-cdk-lib/aws-iam";
import type { DocumentsConfig } from "@freshet/storage";
import { Construct } from "constructs";
import { accept, acceptWildcards } from "../reasons.js";
import { LineStack, type LineStackProps } from "./lineStack.js";

const ENGINE = "OpenSearch_2.19";
const NODE = "m7g.large.search";
const MASTER = "m7g.medium.search";
const MASTERS = 3;
const HTTPS = 443;

/** The domain of trend documents and dead letters. It is rebuilt from the views when it is lost. */
export class SearchStack extends LineStack {
  readonly domain: CfnDomain;

  constructor(
    scope: Construct,
    id: string,
    props: LineStackProps & { readonly key: IKey; readonly vpc: IVpc; readonly tasks: SecurityGroup },
  ) {
    super(scope, id, props);
    const { vpc, key, tasks } = props;
    const { nodes, volumeGib } = this.sizes.search;
    const group = new SecurityGroup(this, "Group", {
      vpc,
      description: "Trend documents",
      allowAllOutbound: false,
    });
    group.addIngressRule(tasks, Port.tcp(HTTPS), "Tasks of the line");
    const logs = {
      applicationLogs: new LogGroup(this, "ApplicationLogs", this.#kept()),
      slowSearches: new LogGroup(this, "SlowSearches", this.#kept()),
      slowIndexing: new LogGroup(this, "SlowIndexing", this.#kept()),
    };
    const mayLog = new CfnResourcePolicy(this, "MayLog", {
      policyName: `${this.stackName}-search-logs`,
      policyDocument: this.toJsonString(
        new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              principals: [new ServicePrincipal("es.amazonaws.com")],
              actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
              resources: Object.values(logs).map(({ logGroupArn }) => logGroupArn),
            }),
          ],
        }).toJSON(),
      ),
    });
    const publishing = ({ logGroupArn }: LogGroup) => ({
      enabled: true,
      cloudWatchLogsLogGroupArn: logGroupArn,
    });
    this.domain = new CfnDomain(this, "Domain", {
      engineVersion: ENGINE,
      clusterConfig: {
        instanceType: NODE,
        instanceCount: nodes,
        zoneAwarenessEnabled: true,
        zoneAwarenessConfig: { availabilityZoneCount: nodes },
        dedicatedMasterEnabled: true,
        dedicatedMasterType: MASTER,
        dedicatedMasterCount: MASTERS,
      },
      ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: volumeGib },
      encryptionAtRestOptions: { enabled: true, kmsKeyId: key.keyArn },
      nodeToNodeEncryptionOptions: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      vpcOptions: {
        subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds.slice(0, nodes),
        securityGroupIds: [group.securityGroupId],
      },
      logPublishingOptions: {
        ES_APPLICATION_LOGS: publishing(logs.applicationLogs),
        SEARCH_SLOW_LOGS: publishing(logs.slowSearches),
        INDEX_SLOW_LOGS: publishing(logs.slowIndexing),
      },
    });
    this.domain.node.addDependency(mayLog);
    this.domain.applyRemovalPolicy(this.deleteData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN);
    accept(this.domain, {
      OS3: "It lies in the tasks' network, and its security group lets nobody else in.",
      OS5: "It has no policy of its own: only who is granted it by a role of this account, and signs, is let in.",
    });
  }

  #kept() {
    return { retention: RetentionDays.ONE_MONTH, ...this.removal };
  }

  /** Of a store configuration: documents go to this domain, in requests that are signed. */
  get documents(): DocumentsConfig {
    return {
      openSearch: {
        endpoint: `https://${this.domain.attrDomainEndpoint}`,
        auth: { kind: "aws", region: this.region },
      },
    };
  }

  grantReadWrite(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut"],
      resourceArns: [`${this.domain.attrArn}/*`],
    });
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal))
      acceptWildcards(grantPrincipal, { "/*": "Indices of the domain are named by metrics and days." });
  }
}
