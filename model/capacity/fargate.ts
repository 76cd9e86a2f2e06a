export interface TaskSize {
  readonly vcpus: number;
  readonly memoryMib: number;
}

const GIB_MIB = 1_024;

export const TASK_MIB_MAX = 30_720;

/** Of Fargate: vCPUs to the least and the most MiB that go with them, in steps of a GiB. */
const SIZES = [
  { vcpus: 1, mibMin: 2_048, mibMax: 8_192 },
  { vcpus: 2, mibMin: 4_096, mibMax: 16_384 },
  { vcpus: 4, mibMin: 8_192, mibMax: TASK_MIB_MAX },
] as const;
const LARGEST = SIZES[2];

export const TASK_VCPUS_MAX = LARGEST.vcpus;

/** The least task of Fargate that has both; the largest where none has. */
export const taskSize = (vcpus: number, memoryMib: number): TaskSize => {
  const size = SIZES.find((one) => one.vcpus >= vcpus && one.mibMax >= memoryMib) ?? LARGEST;
  const wanted = Math.ceil(memoryMib / GIB_MIB) * GIB_MIB;
  return { vcpus: size.vcpus, memoryMib: Math.min(size.mibMax, Math.max(size.mibMin, wanted)) };
};
