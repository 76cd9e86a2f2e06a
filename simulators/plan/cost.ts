import type { TaskSize } from "@freshet/model";
import type { Needs } from "./needs.js";
import type { PriceTable } from "./prices.js";
import type { PlanQuestion } from "./question.js";
import { eventsPerRecordOf } from "./scale.js";

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
const EMR_GB_PER_VCPU = 4;
const GIB_MIB = 1_024;
const LANDING_TASK: TaskSize = { vcpus: 2, memoryMib: 4 * GIB_MIB };

const count = (value: number): string => Math.round(value).toLocaleString("en");
const taskText = ({ vcpus, memoryMib }: TaskSize): string => `${vcpus} vCPU and ${memoryMib / GIB_MIB} GB`;

/** What each part costs, at the mean rate. */
export const costsOf = (
  question: PlanQuestion,
  needs: Omit<Needs, "scale">,
  { usd }: PriceTable,
): readonly PartCost[] => {
  const { eventsPerSecond, eventBytes, logDays, replicas } = question;
  const { reading, bytesPerSecond, sizes } = needs;
  const { shards, worker, serving } = sizes;
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
  const fargate = (tasks: number, { vcpus, memoryMib }: TaskSize): number =>
    tasks * HOURS * (vcpus * usd.fargateVcpuHour + (memoryMib / GIB_MIB) * usd.fargateGbHour);
  const increments =
    ((needs.writeUnitsPerSecond * SECONDS) / 1e6) * usd.dynamoWriteMillionUnits +
    ((needs.readUnitsPerSecond * SECONDS) / 1e6) * usd.dynamoReadMillionUnits +
    needs.tableGb * usd.dynamoGbMonth +
    ((needs.putsPerSecond * SECONDS) / 1e3) * usd.s3PutThousand +
    ((needs.getsPerSecond * SECONDS) / 1e3) * usd.s3GetThousand;
  const batchHours = needs.batchVcpuHoursPerDay * DAYS;
  const batch = batchHours * (usd.emrServerlessVcpuHour + EMR_GB_PER_VCPU * usd.emrServerlessGbHour);
  const { nodes, volumeGib } = sizes.search;
  const search = nodes * (HOURS * usd.openSearchNodeHour + volumeGib * usd.openSearchGbMonth);
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
          firehoseOf(eventBytes * eventsPerRecordOf(question)),
          `Firehose, ${count(monthGb)} GB; at most: every event counted as ${FIREHOSE_ROUNDING / 1_000} KB`,
          firehoseOf(eventBytes),
        )
      : of(
          "landing",
          fargate(needs.landingWorkers, LANDING_TASK),
          `${needs.landingWorkers} workers of ${taskText(LANDING_TASK)}`,
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
      fargate(worker.count, worker),
      `${worker.count} workers of ${taskText(worker)}; ${needs.speedVcpus.toFixed(1)} vCPU busy, as measured`,
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
    of("serving", fargate(replicas, serving), `${replicas} replicas of ${taskText(serving)}`),
    of(
      "search",
      search,
      `OpenSearch, ${nodes} nodes with ${volumeGib} GB each; its documents are few, whatever the rate`,
    ),
  ];
};
