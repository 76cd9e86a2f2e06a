/** What Firehose hands a transform function, as far as it is used here. */
export interface FirehoseEvent {
  readonly sourceKinesisStreamArn?: string;
  readonly records: readonly FirehoseRecord[];
}

export interface FirehoseRecord {
  readonly recordId: string;
  /** Base64: a record of the stream; of a KPL aggregate one member, since Firehose takes them apart first. */
  readonly data: string;
  /** Absent where the source is no Kinesis stream. */
  readonly kinesisRecordMetadata?: {
    readonly shardId: string;
    readonly sequenceNumber: string;
    /** A member's index in its aggregate; empty, 0 or absent of a record by itself. */
    readonly subsequenceNumber?: string | number;
    readonly approximateArrivalTimestamp: number;
  };
}

/** One outcome a record, each `recordId` once. */
export interface FirehoseResponse {
  readonly records: readonly FirehoseOutcome[];
}

export type FirehoseOutcome =
  | { readonly recordId: string; readonly result: "Ok"; readonly data: string }
  /** Firehose puts what it had handed over under the error prefix. */
  | { readonly recordId: string; readonly result: "ProcessingFailed" };
