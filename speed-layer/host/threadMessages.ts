import type { RequestCount, StoreConfig } from "@freshet/storage";
import type { FailureKind } from "../failure.js";
import type { SpeedReport } from "../report.js";
import type { SpeedSettings } from "../settings.js";
import type { ReplayFrom } from "../shard/replay.js";

/** What a thread is started with. */
export interface ThreadData {
  readonly store: StoreConfig;
  readonly settings: SpeedSettings;
  readonly writer: string;
  readonly replayFrom: ReplayFrom | null;
}

/** What a thread tells the main one. */
export type FromThread =
  | { readonly kind: "report"; readonly report: SpeedReport }
  /** All that it has sent to the store's services so far. */
  | { readonly kind: "requests"; readonly writer: string; readonly all: readonly RequestCount[] }
  | { readonly kind: "failed"; readonly failure: FailureKind; readonly message: string }
  | { readonly kind: "stopped" };
