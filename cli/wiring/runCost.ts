import type { RunCost } from "@freshet/model";
import { type PriceTable, US_EAST_1 } from "@freshet/simulators";

const HOUR_MS = 3_600_000;
const MIB_PER_GB = 1_024;
const METADATA_TIMEOUT_MS = 2_000;

/** The task that a process runs in, as far as it decides its price. */
export interface FargateTask {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly region: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Of the answer to GET $ECS_CONTAINER_METADATA_URI_V4/task; null where it tells of no task of Fargate with its limits. */
export const parseFargateTask = (answer: unknown): FargateTask | null => {
  if (!isObject(answer) || answer["LaunchType"] !== "FARGATE" || !isObject(answer["Limits"])) return null;
  const { CPU: vcpus, Memory: memoryMib } = answer["Limits"];
  const zone = answer["AvailabilityZone"];
  if (typeof vcpus !== "number" || typeof memoryMib !== "number" || typeof zone !== "string") return null;
  return { vcpus, memoryMib, region: zone.replace(/[a-z]$/, "") };
};

/** What so much time of a machine costs: USD where the price table knows it. A job that runs elsewhere is no part of it. */
export const runCostOf =
  (task: FargateTask | null, prices: PriceTable) =>
  (machineMs: number): RunCost => {
    if (task === null || task.region !== prices.region)
      return { kind: "machine_seconds", seconds: machineMs / 1_000 };
    const { fargateVcpuHour, fargateGbHour } = prices.usd;
    const gb = task.memoryMib / MIB_PER_GB;
    return {
      kind: "usd",
      usd: (machineMs / HOUR_MS) * (task.vcpus * fargateVcpuHour + gb * fargateGbHour),
      because: `Fargate, ${task.vcpus} vCPU and ${gb} GB in ${task.region}, prices of ${prices.asOf}`,
    };
  };

/** For the machine that this process runs on. */
export const runCostHere = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<(machineMs: number) => RunCost> => {
  const metadata = environment["ECS_CONTAINER_METADATA_URI_V4"];
  if (metadata === undefined) return runCostOf(null, US_EAST_1);
  // a cost is worth no run: whatever goes wrong, it is told in seconds
  const task = await fetch(`${metadata}/task`, { signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) })
    .then(async (answer) => parseFargateTask(await answer.json()))
    .catch(() => null);
  return runCostOf(task, US_EAST_1);
};
