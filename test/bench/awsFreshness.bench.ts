import { LATENCY_MS, LOAD_PER_SECOND, type ProbeParts, PROBES, runFreshness } from "./aws/freshnessRun.js";
import { quantile, report } from "./measured.js";

/*
 * From `emit` to a reader's answer on AWS' protocols, by part, with the pace that a store on AWS has by default: a simulated Kinesis with
 * its real limits, a DynamoDB and an S3 in this process, each request delayed as on AWS.
 */
const SEED = 11;
const WHOLE_P99_MS_MAX = { polling: 4_000, fanOut: 2_000 } as const;

const PARTS: readonly (readonly [keyof ProbeParts, string])[] = [
  ["toLog", "emit to log"],
  ["toFold", "log to worker"],
  ["toIncrement", "worker to increment"],
  ["toVisible", "increment to reader"],
  ["answer", "a question then"],
  ["whole", "emit to visible"],
];

const COUNTED = [
  ["dynamodb", "writes", ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"]],
  ["dynamodb", "reads", ["GetItem", "BatchGetItem", "Query"]],
  ["s3", "requests", ["PUT", "GET", "HEAD"]],
  ["kinesis", "reads", ["GetRecords", "SubscribeToShard"]],
] as const;

for (const reader of ["polling", "fanOut"] as const) {
  const { probes, requests } = await runFreshness({ reader }, SEED);
  for (const [part, name] of PARTS) {
    const values = probes.map((probe) => probe[part]);
    report({
      name: `${reader}: ${name}, p99`,
      value: quantile(values, 0.99),
      unit: "ms",
      median: quantile(values, 0.5),
      ...(part === "whole" && {
        max: WHOLE_P99_MS_MAX[reader],
        probes: PROBES,
        load: `${LOAD_PER_SECOND} events/s`,
        latencies: Object.entries(LATENCY_MS)
          .map(([service, ms]) => `${service} ${ms} ms`)
          .join(", "),
        seed: SEED,
      }),
    });
  }
  for (const [service, what, operations] of COUNTED) {
    const values = operations.map((one) => requests.get(`${service} ${one}`) ?? 0);
    report({
      name: `${reader}: ${service}, ${what} of a speed worker and a reader, a shard`,
      value: values.reduce((sum, value) => sum + value, 0),
      unit: "a second",
      ...Object.fromEntries(operations.map((one, index) => [one, values[index]])),
    });
  }
}
