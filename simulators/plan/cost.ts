import type { Needs } from "./needs.js";
import type { PriceTable } from "./prices.js";
import type { PlanQuestion } from "./question.js";

export const PARTS = [
  "stream",
  "landing",
  "speed",
  "increments",
  "lake",
  "batch",
  "serving",
  "search",
] as const;
export type Part = (typeof PARTS)[number];

/** USD a month of 730 hours. `atMost`: where it is not known how something is counted, the dearer way. */
export interface PartCost {
  readonly part: Part;
  readonly usdPerMonth: number;
  readonly atMostUsdPerMonth: number;
  readonly because: string;
}

const HOURS = 730;
const SECONDS = HOURS * 3_600;
const DAYS = HOURS / 24;
const GB = 1e9;
/** Firehose counts each record as the next 5 KB. */
const FIREHOSE_ROUNDING = 5_000;
const PUT_UNIT_BYTES = 25_000;
const SERVING_VCPUS = 1;
const SERVING_GB = 4;
const EMR_GB_PER_VCPU = 4;
const LANDING_GB = 4;
const SEARCH_NODES = 2;
const SEARCH_GB = 100;

const count = (value: number): string => Math.round(value).toLocaleString("en");

/** What each part costs, at the mean rate. */
export const costsOf = (question: PlanQuestion, needs: Needs, { usd }: PriceTable): readonly PartCost[] => {
  const { eventsPerSecond, eventBytes, logDays, replicas } = question;
  const { shards, reading, bytesPerSecond, workers, workerVcpus, workerGb } = needs;
  const monthGb = (bytesPerSecond * SECONDS) / GB;
  const fanOut =
    reading === "fan_out" ? shards * HOURS * usd.kinesisFanOutShardHour + monthGb * usd.kinesisFanOutGb : 0;
  const stream =
    shards * HOURS * (usd.kinesisShardHour + (logDays > 1 ? usd.kinesisRetentionShardHour : 0)) +
    ((needs.putUnitsPerSecond * SECONDS) / 1e6) * usd.kinesisPutMillionUnits +
    fanOut;
  const firehoseOf = (recordBytes: number): number => {
    const rounded = Math.ceil(recordBytes / FIREHOSE_ROUNDING) * FIREHOSE_ROUNDING;
    return ((monthGb * rounded) / recordBytes) * usd.firehoseGb;
  };
  const fargate = (tasks: number, vcpus: number, gb: number): number =>
    tasks * HOURS * (vcpus * usd.fargateVcpuHour + gb * usd.fargateGbHour);
  const increments =
    ((needs.writeUnitsPerSecond * SECONDS) / 1e6) * usd.dynamoWriteMillionUnits +
    ((needs.readUnitsPerSecond * SECONDS) / 1e6) * usd.dynamoReadMillionUnits +
    needs.tableGb * usd.dynamoGbMonth +
    ((needs.putsPerSecond * SECONDS) / 1e3) * usd.s3PutThousand +
    ((needs.getsPerSecond * SECONDS) / 1e3) * usd.s3GetThousand;
  const batchHours = needs.batchVcpuHoursPerDay * DAYS;
  const batch = batchHours * (usd.emrServerlessVcpuHour + EMR_GB_PER_VCPU * usd.emrServerlessGbHour);
  const search =
    SEARCH_NODES * HOURS * usd.openSearchNodeHour + SEARCH_NODES * SEARCH_GB * usd.openSearchGbMonth;
  const of = (part: Part, usdPerMonth: number, because: string, atMost = usdPerMonth): PartCost => ({
    part,
    usdPerMonth,
    atMostUsdPerMonth: Math.max(usdPerMonth, atMost),
    because,
  });
  const landing =
    question.landing === "firehose"
      ? of(
          "landing",
          firehoseOf(PUT_UNIT_BYTES),
          `Firehose, ${count(monthGb)} GB; at most: every event counted as ${FIREHOSE_ROUNDING / 1_000} KB`,
          firehoseOf(eventBytes),
        )
      : of(
          "landing",
          fargate(needs.landingWorkers, workerVcpus, LANDING_GB),
          `${needs.landingWorkers} workers of ${workerVcpus} vCPU and ${LANDING_GB} GB`,
        );
  return [
    of(
      "stream",
      stream,
      `${shards} shards, ${reading === "fan_out" ? "fan-out" : "polling"}, ${count(needs.putUnitsPerSecond)} PUT units/s`,
    ),
    landing,
    of(
      "speed",
      fargate(workers, workerVcpus, workerGb),
      `${workers} workers of ${workerVcpus} vCPU and ${workerGb} GB; ${needs.speedVcpus.toFixed(1)} vCPU busy`,
    ),
    of(
      "increments",
      increments,
      `${count(needs.writeUnitsPerSecond)} write and ${count(needs.readUnitsPerSecond)} read units/s, bodies in ${needs.bodiesIn}`,
    ),
    of(
      "lake",
      needs.lakeGb * usd.s3GbMonth,
      `${count(needs.lakeGb)} GB of S3 standard, ${question.retentionDays} days`,
    ),
    of(
      "batch",
      batch,
      `EMR Serverless, ${count(needs.batchVcpuHoursPerDay)} vCPU-hours a day for ${count((eventsPerSecond * 86_400) / 1e6)} M events`,
    ),
    of(
      "serving",
      fargate(replicas, SERVING_VCPUS, SERVING_GB),
      `${replicas} replicas of ${SERVING_VCPUS} vCPU and ${SERVING_GB} GB`,
    ),
    of(
      "search",
      search,
      `OpenSearch, ${SEARCH_NODES} nodes with ${SEARCH_GB} GB each; its documents are few, whatever the rate`,
    ),
  ];
};
