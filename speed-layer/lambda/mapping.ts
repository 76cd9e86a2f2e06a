/** What GetEventSourceMapping says of a mapping, as far as it matters here. */
export interface MappingState {
  readonly StartingPosition?: string | undefined;
  readonly ParallelizationFactor?: number | undefined;
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumRecordAgeInSeconds?: number | undefined;
  readonly TumblingWindowInSeconds?: number | undefined;
  readonly FunctionResponseTypes?: readonly string[] | undefined;
  readonly FilterCriteria?: { readonly Filters?: readonly unknown[] | undefined } | undefined;
}

const UNLIMITED = -1;
/** A record's base64 must fit into Lambda's payload of 6 MiB, beside what else the event holds. */
export const DELIVERED_RECORD_KIB_MAX = 4 * 1024;

/**
 * What of a mapping would let records be passed over, or come out of order: a fold in memory cannot tell that from there
 * being none. Empty: nothing.
 *
 * @param recordKibMax the stream's `MaxRecordSizeInKiB`
 */
export const mappingFaults = (mapping: MappingState, recordKibMax: number): readonly string[] => {
  const faults: string[] = [];
  const must = (holds: boolean, what: string): void => void (holds || faults.push(what));
  must(
    (mapping.ParallelizationFactor ?? 1) === 1,
    "ParallelizationFactor must be 1: more deliver one shard's records side by side",
  );
  must(
    (mapping.MaximumRetryAttempts ?? UNLIMITED) === UNLIMITED,
    "MaximumRetryAttempts must be -1: else Lambda passes over what failed so often",
  );
  must(
    (mapping.MaximumRecordAgeInSeconds ?? UNLIMITED) === UNLIMITED,
    "MaximumRecordAgeInSeconds must be -1: else Lambda passes over what is older",
  );
  must(
    (mapping.FilterCriteria?.Filters ?? []).length === 0,
    "FilterCriteria must be empty: filtered records are not folded",
  );
  must(
    (mapping.TumblingWindowInSeconds ?? 0) === 0,
    "TumblingWindowInSeconds must be 0: segments are cut by the log's own clock",
  );
  must(
    mapping.FunctionResponseTypes?.includes("ReportBatchItemFailures") === true,
    "FunctionResponseTypes must hold ReportBatchItemFailures: else what a part of a batch left is taken for done",
  );
  must(
    mapping.StartingPosition === undefined || mapping.StartingPosition === "TRIM_HORIZON",
    "StartingPosition must be TRIM_HORIZON",
  );
  must(
    recordKibMax <= DELIVERED_RECORD_KIB_MAX,
    `the stream's MaxRecordSizeInKiB must be at most ${DELIVERED_RECORD_KIB_MAX}: Lambda cannot deliver larger records`,
  );
  return faults;
};
