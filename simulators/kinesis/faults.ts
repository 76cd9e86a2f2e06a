import type { Random } from "../random/random.js";
import type { Operation } from "./operations.js";

/** Around an operation. */
export type CallFault =
  /** The connection breaks before the request is read. */
  | "lostRequest"
  /** The connection breaks after the effect. */
  | "lostResponse"
  /** The effect takes place; no answer ever comes. */
  | "hang"
  /** The request is carried out twice, as when something between sends it again; one answer comes. */
  | "repeatedRequest"
  /** HTTP 500, nothing done. */
  | "internalFailure"
  /** ProvisionedThroughputExceededException, or LimitExceededException where the operation knows only that; nothing done. */
  | "throttle";

/** Inside an operation. */
export type EffectFault =
  /** One entry of a PutRecords is not stored: InternalFailure. */
  | "failedEntry"
  /** A read gives nothing although there is something. */
  | "emptyRead"
  /** The last read of a closed shard names no children. */
  | "endWithoutChildren"
  | "expiredIterator"
  /** The arrival of a record is up to half a second off. */
  | "arrivalSkew"
  /** A subscription gives no more events, and does not end. */
  | "silentSubscription"
  /** The connection of a subscription breaks. */
  | "brokenSubscription";

export type Fault = CallFault | EffectFault;

export interface FaultRule {
  readonly fault: Fault;
  /** All where absent. */
  readonly operations?: readonly Operation[];
  /** The input is in the SDK's shape. */
  readonly when?: (input: object) => boolean;
  /** Of each chance that it has; 1 where absent. */
  readonly probability?: number;
  /** How often at most; for ever where absent. */
  readonly times?: number;
}

export interface Faults {
  /** From now on, until what it returns is called. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** How often each has struck: a test asserts that it tried enough. */
  readonly counts: Readonly<Record<Fault, number>>;
}

export interface FaultSource extends Faults {
  strikes(fault: Fault, operation: Operation, input: object): boolean;
}

export const createFaults = (random: Random, rules: readonly FaultRule[]): FaultSource => {
  const active = new Set<{ readonly rule: FaultRule; left: number }>();
  const add = (rule: FaultRule): (() => void) => {
    const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    active.add(entry);
    return () => active.delete(entry);
  };
  for (const rule of rules) add(rule);
  const counts: Record<Fault, number> = {
    lostRequest: 0,
    lostResponse: 0,
    hang: 0,
    repeatedRequest: 0,
    internalFailure: 0,
    throttle: 0,
    failedEntry: 0,
    emptyRead: 0,
    endWithoutChildren: 0,
    expiredIterator: 0,
    arrivalSkew: 0,
    silentSubscription: 0,
    brokenSubscription: 0,
  };
  return {
    add,
    clear: () => active.clear(),
    counts,
    strikes(fault, operation, input) {
      for (const entry of active) {
        const { rule } = entry;
        if (rule.fault !== fault || entry.left <= 0) continue;
        if (rule.operations && !rule.operations.includes(operation)) continue;
        if (rule.when && !rule.when(input)) continue;
        if (rule.probability !== undefined && !random.chance(rule.probability)) continue;
        entry.left--;
        counts[fault]++;
        return true;
      }
      return false;
    },
  };
};
