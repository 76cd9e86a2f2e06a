import { join } from "node:path";
import { startSqsDouble } from "@freshet/sdk/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AwsServices, NAME, startAwsServices } from "../support/awsServices.js";
import { freshet } from "../support/freshet.js";
import { type LambdaDouble, startLambdaDouble } from "../support/lambdaDouble.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;

interface Finding {
  readonly verdict: string;
  readonly what: string;
  readonly found: string;
  readonly advice?: string;
}

const examined = async (store: string): Promise<{ code: number | null; findings: readonly Finding[] }> => {
  const run = await freshet("doctor", "--store", store, ...APP, "--json");
  const { findings } = JSON.parse(run.stdout) as { readonly findings: readonly Finding[] };
  return { code: run.code, findings };
};

describe("freshet doctor on AWS", () => {
  let aws: AwsServices;
  let lambda: LambdaDouble;
  let mapping: object;

  beforeAll(async () => {
    aws = await startAwsServices();
    lambda = await startLambdaDouble();
    const summary = await aws.kinesis.service.call("DescribeStreamSummary", { StreamName: NAME });
    mapping = {
      UUID: "a1b2",
      EventSourceArn: summary.StreamDescriptionSummary?.StreamARN,
      State: "Enabled",
      StartingPosition: "TRIM_HORIZON",
      ParallelizationFactor: 1,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    };
  });
  afterAll(async () => {
    await lambda.close();
    await aws.close();
  });

  it(
    "looks at the mapping of the function that folds, and says what of it loses records",
    async () => {
      const endpoints = { ...aws.store.endpoints, lambda: lambda.endpoint };
      const store = await aws.storeWith("lambda.json", { endpoints, lambda: { fold: "shop-fold" } });
      const mappingFindings = async (mappings: readonly object[]): Promise<readonly Finding[]> => {
        lambda.mappings = mappings;
        return (await examined(store)).findings.filter(({ what }) => what === "mapping");
      };
      const other = { ...mapping, EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/other" };
      expect(await mappingFindings([other, mapping])).toEqual([
        { verdict: "ok", what: "mapping", found: "a1b2 of shop-fold" },
      ]);
      expect(await mappingFindings([other])).toMatchObject([
        { verdict: "problem", found: expect.stringContaining("shop-fold is not mapped to arn:aws:kinesis") },
      ]);
      expect(
        await mappingFindings([
          { ...mapping, State: "Disabled" },
          { ...mapping, MaximumRetryAttempts: 3, ParallelizationFactor: 2 },
        ]),
      ).toMatchObject([
        { verdict: "warning", found: "a1b2 of shop-fold is Disabled" },
        { verdict: "problem", found: expect.stringContaining("ParallelizationFactor must be 1") },
        { verdict: "problem", found: expect.stringContaining("MaximumRetryAttempts must be -1") },
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    "looks at the collector's spool: what waits there, whether there is room, and what would take it away",
    async () => {
      const spoolFindings = async (name: string, spool: object): Promise<readonly Finding[]> =>
        (await examined(await aws.storeWith(name, { spool }))).findings.filter(
          ({ what }) => what === "spool",
        );
      const dir = join(aws.store.localDir, "../spool");
      const tooMuch = { kind: "disk", dir, bytesMax: Number.MAX_SAFE_INTEGER };
      expect(await spoolFindings("disk.json", tooMuch)).toMatchObject([
        {
          verdict: "warning",
          found: expect.stringContaining("0.0 MiB wait"),
          advice: expect.stringContaining("bytesMax"),
        },
      ]);
      const queue = await startSqsDouble({ redrives: 5 });
      onTestFinished(() => queue.close());
      queue.put("x");
      expect(await spoolFindings("queue.json", { kind: "sqs", queueUrl: queue.queueUrl })).toMatchObject([
        {
          verdict: "warning",
          found: expect.stringMatching(/1 messages wait, each for 4 days at most; its redrive policy is .*5/),
        },
      ]);
      expect(
        await spoolFindings("none.json", { kind: "sqs", queueUrl: `${queue.queueUrl}-other` }),
      ).toMatchObject([{ verdict: "problem", found: expect.stringContaining("QueueDoesNotExist") }]);
    },
    TIMEOUT_MS,
  );
});
