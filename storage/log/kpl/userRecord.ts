/** What an application puts, before the KPL's format joins it with others. */
export interface UserRecord {
  readonly partitionKey: string;
  /** Unsigned 128-bit; the MD5 of the partition key where it is absent. */
  readonly explicitHashKey?: bigint;
  readonly data: Uint8Array;
}
