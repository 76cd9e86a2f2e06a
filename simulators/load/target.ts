/** Events that go together, as NDJSON in one piece. */
export interface LoadBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each event begins, and one after its end is its line feed; the last number is where all ends. */
  readonly starts: readonly number[];
  /** One an event; null: its id. */
  readonly partitionKeys: readonly (string | null)[];
}

/** What became of each event of a batch, in order. */
export type LoadVerdict =
  | { readonly kind: "stored" }
  /** In the log, as a dead letter. */
  | { readonly kind: "rejected" }
  /** Not taken now; may be sent again. */
  | { readonly kind: "throttled"; readonly afterMs: number }
  /** Whether it is in the log is not known. */
  | { readonly kind: "failed"; readonly detail: string };

/** Where a load goes. */
export interface LoadTarget {
  /** In words, for reports. */
  readonly name: string;
  /** Whether it puts an event where its partition key says; otherwise every event goes by its id. */
  readonly keepsPartitionKeys: boolean;
  /** Whether it takes text that is no JSON. */
  readonly takesBadText: boolean;
  /** Sends at once, whatever is under way; one verdict an event, in order. Never rejects. */
  send(batch: LoadBatch): Promise<readonly LoadVerdict[]>;
  close(): Promise<void>;
}

/** The bytes of one event, without its line feed. */
export const eventOf = ({ bytes, starts }: LoadBatch, index: number): Uint8Array =>
  bytes.subarray(starts[index], (starts[index + 1] as number) - 1);
