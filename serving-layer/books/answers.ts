import type {
  Cut,
  DriftCause,
  Ledger,
  LedgerCounts,
  RunAttempt,
  RunRecord,
  ShardId,
  UnreadIncrements,
} from "@freshet/model";

/** An exact integer, as text past 2^53. */
export type Exact = number | string;

/** By cause, those that are not zero. */
export type ByCause<T> = Readonly<Partial<Record<DriftCause, T>>>;

export interface ComparedStates {
  readonly compared: number;
  readonly differing: number;
  readonly causes: ByCause<number>;
}

/** live = settled + drift, and drift = the sum of the causes. */
export interface ComparedAmount {
  readonly kind: "amount";
  readonly measure: string;
  readonly live: Exact;
  readonly settled: Exact;
  readonly drift: Exact;
  readonly causes: ByCause<Exact>;
}

export type ComparedMeasure =
  | ComparedAmount
  | ({ readonly kind: "states"; readonly measure: string } & ComparedStates);

export interface Compared {
  readonly groups: ComparedStates;
  readonly measures: readonly ComparedMeasure[];
  readonly late: number;
  readonly unknown: number;
}

/** What live had said of a metric's panes against what settled says of the same rows. */
export interface DriftAnswer {
  readonly metric: string;
  readonly definition: string;
  readonly covers: { readonly from: string; readonly to: string };
  /** The one that stands; null before the first. */
  readonly generation: number | null;
  /** The first generation that compared; null where none did. */
  readonly since: number | null;
  readonly share: number;
  readonly unread: readonly UnreadIncrements[];
  readonly total: Compared;
  readonly panes: readonly (Compared & { readonly time: string })[];
}

export interface TierCounts extends LedgerCounts {
  readonly balances: boolean;
}

export interface LedgerHour {
  readonly time: string;
  readonly live: TierCounts;
  readonly settled: TierCounts & { readonly conflicts: number };
  readonly pending: number;
}

/** Both tiers' books by hour of arrival. */
export interface LedgerAnswer {
  readonly covers: { readonly from: string; readonly to: string };
  readonly step: string;
  readonly generation: number | null;
  readonly since: number | null;
  readonly hours: readonly LedgerHour[];
}

export interface KeptGeneration {
  readonly generation: number;
  readonly stands: boolean;
  readonly created: string;
  readonly parent: number | null;
  readonly code: string;
  readonly ledger: Ledger;
  readonly cut: Cut;
  readonly ended: Readonly<Record<string, readonly ShardId[]>>;
  readonly metrics: readonly string[];
  readonly disagreements: number;
  readonly writeOffs: number;
}

export interface GenerationsAnswer {
  readonly standing: number | null;
  /** Those that stood last first. */
  readonly generations: readonly KeptGeneration[];
}

/** A batch run, with its instants as texts. */
export interface ListedRun extends Omit<RunRecord, "startedMs" | "expiresMs" | "attempts"> {
  readonly started: string;
  readonly expires: string;
  readonly attempts: readonly (Omit<RunAttempt, "startedMs"> & { readonly started: string })[];
}

export interface RunsAnswer {
  /** Newest first. */
  readonly runs: readonly ListedRun[];
}

/** Groups of a metric that differ, by cause, in the newest day of panes. */
export interface DriftGauge {
  readonly metric: string;
  readonly cause: DriftCause;
  readonly groups: number;
}
