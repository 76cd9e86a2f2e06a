import type { RequestCount, StoreConfig } from "@freshet/storage";
import type { LandingSettings } from "../landing.js";

/** What a landing thread is started with. */
export interface LandingThreadData {
  readonly store: StoreConfig;
  readonly logLevel: string;
  readonly settings: Partial<LandingSettings>;
}

/** Asked of the thread; `request` names the answer. */
export interface LandingRequest {
  readonly request: number;
  readonly kind: "caughtUp" | "flush" | "stop";
}

export type FromLandingThread =
  | { readonly kind: "started" }
  /** All that it has sent to the store's services so far. */
  | { readonly kind: "requests"; readonly all: readonly RequestCount[] }
  | { readonly kind: "done"; readonly request: number }
  | { readonly kind: "refused"; readonly request: number; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };
