import { resolve } from "node:path";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { App, Stack, Validations } from "aws-cdk-lib";
import { mappingFaults } from "@freshet/speed-layer";
import { parseStoreConfig, storeTable, storeTableExpiry } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { STAGES } from "./config/deployment.js";
import { loadMetrics } from "./config/loadDeployment.js";
import { STATEFUL, STATELESS } from "./stackNames.js";
import { LineChecks } from "./reasons.js";
import { onlyResource, resourcesOf, synthesise, synthesised, type Templates } from "./testing/templates.js";

const templatesOf = (stage: (typeof STAGES)[number]) => synthesised(stage).templates;
const HELD = [
  "AWS::DynamoDB::Table",
  "AWS::KMS::Key",
  "AWS::Kinesis::Stream",
  "AWS::OpenSearchService::Domain",
  "AWS::S3::Bucket",
  "AWS::SecretsManager::Secret",
];

describe.each(STAGES)("the stacks of %s", (stage) => {
  const templates = templatesOf(stage);
  const propertiesOf = (type: string) => onlyResource(templates, type).Properties ?? {};

  it("are one for each layer, what holds data apart from what does not", () => {
    const ofSearch: readonly string[] = stage === "production" ? [] : ["Search", "Projection"];
    const expected = [...STATEFUL, ...STATELESS].filter((name) => !ofSearch.includes(name));
    expect(Object.keys(templates).sort()).toEqual(expected.sort());
    for (const { stack, Type, id } of resourcesOf(templates)) {
      if (HELD.includes(Type)) expect(STATEFUL, `${Type} ${id}`).toContain(stack);
    }
  });

  it("keep what holds data when a stack goes, and when a resource would be replaced", () => {
    const held = resourcesOf(templates).filter(({ Type }) => HELD.includes(Type));
    expect(held.length).toBeGreaterThanOrEqual(7);
    for (const { Type, DeletionPolicy, UpdateReplacePolicy } of held)
      expect([Type, DeletionPolicy, UpdateReplacePolicy]).toEqual([Type, "Retain", "Retain"]);
    expect(propertiesOf("AWS::DynamoDB::Table")["DeletionProtectionEnabled"]).toBe(true);
  });

  it("protect the stateful stacks from being deleted by hand, and no other", () => {
    for (const child of synthesised(stage).line.node.children) {
      if (!Stack.isStack(child)) continue;
      const isStateful = (STATEFUL as readonly string[]).includes(child.node.id);
      expect([child.node.id, child.terminationProtection === true]).toEqual([child.node.id, isStateful]);
    }
  });

  it("encrypt the log, the tables, the lake, the topic and the secret with the line's key", () => {
    const ofKey = { "Fn::ImportValue": expect.stringContaining("Keys:") };
    expect(propertiesOf("AWS::Kinesis::Stream")["StreamEncryption"]).toEqual({
      EncryptionType: "KMS",
      KeyId: ofKey,
    });
    expect(propertiesOf("AWS::DynamoDB::Table")["SSESpecification"]).toMatchObject({
      KMSMasterKeyId: ofKey,
      SSEEnabled: true,
      SSEType: "KMS",
    });
    const lake = resourcesOf(templates, "AWS::S3::Bucket").find(({ stack }) => stack === "Lake");
    expect(lake?.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { KMSMasterKeyID: ofKey, SSEAlgorithm: "aws:kms" } },
        ],
      },
    });
    expect(propertiesOf("AWS::SNS::Topic")["KmsMasterKeyId"]).toEqual(ofKey);
    expect(propertiesOf("AWS::SecretsManager::Secret")["KmsKeyId"]).toBeDefined();
    expect(propertiesOf("AWS::KMS::Key")).toMatchObject({ EnableKeyRotation: true });
  });

  it("let nobody read a bucket in public, or without TLS", () => {
    const buckets = resourcesOf(templates, "AWS::S3::Bucket");
    expect(buckets).toHaveLength(3);
    const policies = JSON.stringify(resourcesOf(templates, "AWS::S3::BucketPolicy"));
    for (const { Properties, id } of buckets) {
      expect(Properties?.["PublicAccessBlockConfiguration"]).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties?.["BucketEncryption"]).toBeDefined();
      expect(policies).toContain(id);
    }
    expect(policies.match(/"aws:SecureTransport":"false"/g)).toHaveLength(3);
  });

  it("open nothing to the world but the load balancer's TLS, and HTTP that is sent there", () => {
    const open = resourcesOf(templates, "AWS::EC2::SecurityGroup").flatMap(({ Properties, stack }) =>
      ((Properties?.["SecurityGroupIngress"] ?? []) as { CidrIp?: string; FromPort: number }[])
        .filter(({ CidrIp }) => CidrIp !== undefined)
        .map(({ CidrIp, FromPort }) => [stack, CidrIp, FromPort]),
    );
    expect(open).toEqual([
      ["Serving", "0.0.0.0/0", 443],
      ["Serving", "0.0.0.0/0", 80],
    ]);
    expect(resourcesOf(templates, "AWS::EC2::NatGateway")).toEqual([]);
    const listeners = resourcesOf(templates, "AWS::ElasticLoadBalancingV2::Listener").map(
      ({ Properties }) => Properties,
    );
    expect(listeners).toContainEqual(
      expect.objectContaining({
        Protocol: "HTTP",
        DefaultActions: [expect.objectContaining({ Type: "redirect" })],
      }),
    );
    expect(listeners).toContainEqual(
      expect.objectContaining({ Protocol: "HTTPS", SslPolicy: expect.stringContaining("TLS13") }),
    );
    expect(resourcesOf(templates, "AWS::WAFv2::WebACLAssociation")).toHaveLength(1);
    for (const { Properties } of resourcesOf(templates, "AWS::ECS::Service"))
      expect(Properties?.["NetworkConfiguration"]).toMatchObject({
        AwsvpcConfiguration: { AssignPublicIp: "DISABLED" },
      });
  });

  it("reach Kinesis, S3, DynamoDB, images, logs and secrets without the internet", () => {
    const endpoints = JSON.stringify(
      resourcesOf(templates, "AWS::EC2::VPCEndpoint").map(({ Properties }) => Properties?.["ServiceName"]),
    );
    for (const service of [
      "kinesis-streams",
      "s3",
      "dynamodb",
      "ecr.api",
      "ecr.dkr",
      "logs",
      "secretsmanager",
    ])
      expect(endpoints).toContain(service);
  });

  it("make the table as storage does", () => {
    const { AttributeDefinitions, KeySchema, BillingMode } = storeTable("any");
    expect(propertiesOf("AWS::DynamoDB::Table")).toMatchObject({
      AttributeDefinitions,
      KeySchema,
      BillingMode,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: storeTableExpiry("any").TimeToLiveSpecification,
    });
  });

  it("alarm on lag, freshness, imbalance, dead letters, throttling, delivery, runs, servers and documents, by mail, and on cost", () => {
    const alarms = resourcesOf(templates, "AWS::CloudWatch::Alarm");
    const names = alarms.map(({ id }) => id.replace(/^Alarms(.*?)[0-9A-F]{8}$/, "$1")).sort();
    expect(names).toEqual([
      "DeadLetters",
      "Delivery",
      "Errors",
      "FailedRuns",
      "Freshness",
      "Lag",
      "LedgerImbalance",
      ...(stage === "production" ? ["Projection"] : []),
      "ServersDown",
      "SettledAge",
      "Throttled",
    ]);
    for (const { Properties } of alarms) {
      expect(Properties?.["AlarmActions"]).toHaveLength(1);
      expect(String(Properties?.["AlarmDescription"]).length).toBeGreaterThan(20);
    }
    expect(propertiesOf("AWS::SNS::Subscription")).toMatchObject({
      Protocol: "email",
      Endpoint: "line@example.com",
    });
    expect(resourcesOf(templates, "AWS::Budgets::Budget")).toHaveLength(1);
    expect(resourcesOf(templates, "AWS::CloudWatch::Dashboard")).toHaveLength(1);
    expect(propertiesOf("AWS::CloudTrail::Trail")).toMatchObject({
      EnableLogFileValidation: true,
      IsLogging: true,
    });
  });

  it("keep no log for ever", () => {
    const groups = resourcesOf(templates, "AWS::Logs::LogGroup");
    expect(groups.length).toBeGreaterThan(5);
    for (const { Properties, id } of groups) expect([id, Properties?.["RetentionInDays"]]).toEqual([id, 30]);
  });

  it("give workers, functions and servers a store that storage can read", () => {
    const texts: string[] = [];
    for (const { Properties } of resourcesOf(templates)) {
      const found = JSON.stringify(Properties ?? {}).matchAll(/"Fn::Join":\["",\[("\{\\"kind.*?)\]\]/g);
      for (const [, parts] of found)
        texts.push(
          (JSON.parse(`[${parts}]`) as (string | object)[])
            .map((part) => (typeof part === "string" ? part : "resolved"))
            .join(""),
        );
    }
    expect(texts.length).toBeGreaterThanOrEqual(4);
    const configs = texts.map((text) => parseStoreConfig(text, "the stack"));
    const ofDocuments = configs.flatMap(({ documents }) => documents ?? []);
    const documents = {
      openSearch: { endpoint: "https://resolved", auth: { kind: "aws", region: "eu-west-1" } },
    };
    expect(ofDocuments).toEqual(stage === "production" ? [documents] : []);
    for (const config of configs)
      expect(config).toMatchObject({
        kind: "aws",
        prefix: "lake/",
        pollMs: 1_000,
        firehose: { prefix: "firehose/", errorPrefix: "firehose-errors/" },
      });
  });

  it("have no finding of cdk-nag's that lacks a reason", () => {
    const { line } = synthesised(stage);
    expect(new LineChecks(line).validateScope(line).violations).toEqual([]);
  });
});

describe("the two switches", () => {
  it("fold by a function whose mapping lets no record be passed over, or by workers", () => {
    const mapping = onlyResource(templatesOf("staging"), "AWS::Lambda::EventSourceMapping").Properties ?? {};
    expect(mappingFaults(mapping, 1_024)).toEqual([]);
    expect(resourcesOf(templatesOf("production"), "AWS::Lambda::EventSourceMapping")).toEqual([]);
    const services = resourcesOf(templatesOf("production"), "AWS::ECS::Service");
    expect(services.map(({ stack }) => stack).sort()).toEqual(["Projection", "Serving", "Speed"]);
    expect(resourcesOf(templatesOf("staging"), "AWS::ECS::Service").map(({ stack }) => stack)).toEqual([
      "Serving",
    ]);
  });

  it("count by DuckDB in a task, or by Spark", () => {
    expect(resourcesOf(templatesOf("staging"), "AWS::EMRServerless::Application")).toEqual([]);
    expect(resourcesOf(templatesOf("production"), "AWS::EMRServerless::Application")).toHaveLength(1);
  });

  it("take the stream's mode, its shards and its retention from the scale", () => {
    expect(onlyResource(templatesOf("production"), "AWS::Kinesis::Stream").Properties).toMatchObject({
      ShardCount: 83,
      RetentionPeriodHours: 168,
      StreamModeDetails: { StreamMode: "PROVISIONED" },
    });
    expect(onlyResource(templatesOf("staging"), "AWS::Kinesis::Stream").Properties).toMatchObject({
      RetentionPeriodHours: 24,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
    });
    const rules = (stage: "staging" | "production") =>
      resourcesOf(templatesOf(stage), "AWS::S3::Bucket").find(({ stack }) => stack === "Lake")?.Properties?.[
        "LifecycleConfiguration"
      ];
    expect(rules("production")).toMatchObject({
      Rules: expect.arrayContaining([
        expect.objectContaining({
          Prefix: "lake/raw/",
          Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 90 }],
        }),
      ]),
    });
    expect(rules("staging")).toMatchObject({
      Rules: expect.arrayContaining([expect.objectContaining({ Prefix: "lake/raw/", ExpirationInDays: 30 })]),
    });
  });
});

describe("the catalogue", () => {
  const tablesOf = (templates: Templates): readonly unknown[] =>
    resourcesOf(templates, "AWS::Glue::Table").map(
      ({ Properties = {} }) => (Properties["TableInput"] as { readonly Name: string }).Name,
    );

  it("has tables of what every lake has, and of the rows of each metric of the app that is named", async () => {
    expect(tablesOf(templatesOf("staging"))).toEqual(["raw", "raw_files", "standing"]);
    const metrics = await loadMetrics(resolve("examples/github/freshet.config.ts"));
    const { templates } = synthesise("staging", {}, { metrics });
    expect(tablesOf(templates)).toEqual([
      "raw",
      "raw_files",
      "standing",
      ...metrics.map(({ name, hash }) => `${name.replaceAll("-", "_")}_${hash.slice(0, 8)}`),
    ]);
  });
});

describe("the templates of staging", () => {
  it("are as they were agreed, but for the bytes of code", async () => {
    const text = JSON.stringify(templatesOf("staging"), null, 1).replaceAll(/\b[0-9a-f]{64}\b/g, "HASH");
    await expect(`${text}\n`).toMatchFileSnapshot("testing/staging.templates.json");
  });
});

describe("cdk-nag", () => {
  it("does find what has no reason", () => {
    const stack = new Stack(new App(), "Planted");
    const bucket = new Bucket(stack, "Open");
    const found = (): readonly string[] =>
      new LineChecks(stack).validateScope(stack).violations.map(({ ruleName }) => ruleName);
    expect(found()).toContain("AwsSolutions-S10");
    Validations.of(bucket).acknowledge({ id: "AwsSolutions-S10", reason: "planted" });
    expect(found()).not.toContain("AwsSolutions-S10");
  });
});

describe("when the data are to go as well", () => {
  it("lets them go with their stacks", () => {
    const { templates } = synthesise("staging", {}, { deleteData: true });
    for (const { Type, DeletionPolicy } of resourcesOf(templates).filter(({ Type: type }) =>
      HELD.includes(type),
    ))
      expect([Type, DeletionPolicy]).toEqual([Type, "Delete"]);
    expect(onlyResource(templates, "AWS::DynamoDB::Table").Properties?.["DeletionProtectionEnabled"]).toBe(
      false,
    );
  });
});
