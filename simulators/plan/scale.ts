import { EVENTS_PER_VCPU, type Scale } from "@freshet/model";
import type { PlanQuestion } from "./question.js";

/** The `scale` of a stage, as a deployment's file has it: docs/aws.md. */
export interface PlannedScale extends Required<Scale> {
  readonly retention: { readonly stream: string; readonly lake: string };
}

/** How full a worker's processors are planned to be. */
export const WORKER_USE = 0.6;
/** Kinesis counts what is put in units of so many bytes, and aggregates that a producer closes by time as well fill so much of one. */
export const PUT_UNIT_BYTES = 25_000;
const PUT_UNIT_FILL = 0.8;

/** Events in a record: what was asked for, or as many as fill a PUT unit about. */
export const eventsPerRecordOf = ({
  eventBytes,
  eventsPerRecord,
}: Pick<PlanQuestion, "eventBytes" | "eventsPerRecord">): number =>
  eventsPerRecord ?? Math.max(1, Math.floor((PUT_UNIT_BYTES * PUT_UNIT_FILL) / eventBytes));

/** @param speedVcpus what the speed layer keeps busy at the mean rate, as measured */
export const scaleOf = (question: PlanQuestion, speedVcpus: number): PlannedScale => {
  const { eventsPerSecond, eventBytes, keys, retentionDays, logDays, peak } = question;
  return {
    eventsPerSecond: Math.ceil(eventsPerSecond * peak),
    bytesPerEvent: Math.ceil(eventBytes),
    keys: Math.ceil(keys),
    eventsPerRecord: eventsPerRecordOf(question),
    // A machine that is faster than what is taken for granted says little of AWS; a slower one is heard.
    eventsPerVcpu: Math.max(
      1,
      Math.min(EVENTS_PER_VCPU, Math.floor((eventsPerSecond * WORKER_USE) / speedVcpus)),
    ),
    retention: {
      stream: `${Math.ceil(logDays * 24)}h`,
      // A rebuild reads the lake, which must hold what the stream does.
      lake: `${Math.ceil(Math.max(retentionDays, logDays))}d`,
    },
  };
};
