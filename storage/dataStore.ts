import type { DeadLetters } from "./documents/port.js";
import type { TrendDocuments } from "./documents/trend/port.js";
import type { IncrementStore } from "./increments/port.js";
import type { Lake } from "./lake/port.js";
import type { Leases } from "./lease/port.js";
import type { ShardAdmin, ShardLog } from "./log/port.js";
import type { StorePace } from "./pace.js";
import type { Records } from "./records/port.js";

/** Everything that is kept but the log. */
export interface Stores {
  readonly increments: IncrementStore;
  readonly records: Records;
  readonly leases: Leases;
  readonly lake: Lake;
  readonly deadLetters: DeadLetters;
  readonly trends: TrendDocuments;
}

/** All that is kept, wherever it lies; several processes may have it open at once. */
export interface DataStore extends Stores {
  readonly log: ShardLog & ShardAdmin;
  readonly pace: StorePace;
  /** Where it lies, for messages. */
  readonly place: string;
  /** Milliseconds since 1970, by the clock on which all who have it open agree: of the service, where it is one's. */
  now(): number;
  close(): Promise<void>;
}
