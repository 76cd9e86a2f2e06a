import type {
  Cut,
  Disagreement,
  Ledger,
  KeyValues,
  MetricDefinition,
  Missing,
  Schedule,
  SeriesAnswer,
  TopAnswer,
  ValueAnswer,
  WriteOff,
} from "@freshet/model";
import type { MetricSummary } from "./metricSummary.js";
import type { Moment } from "./momentView.js";

/** A key or a filter as text, by dimension; null asks for the group without a value. */
export type KeyTexts = Readonly<Record<string, string | null>>;

/** Questions hold text, as users write it: the reader parses it once, for every way of asking. */
export interface TopQuestion {
  /** A duration, such as `1h`. */
  readonly window?: string | undefined;
  /** ISO 8601 with a zone, or epoch ms; the newest event time seen by default. */
  readonly at?: string | undefined;
  /** `score` or a measure's name. */
  readonly by?: string | undefined;
  readonly limit?: number | undefined;
  readonly where?: KeyTexts | undefined;
}

export interface SeriesQuestion {
  readonly key: KeyTexts;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly step?: string | undefined;
}

export interface ValueQuestion {
  readonly key: KeyTexts;
  readonly window?: string | undefined;
  readonly at?: string | undefined;
}

/** What is normal for a key at an hour of the week, as batch learned it; the score is reckoned against the same. */
export interface ExpectedAnswer {
  readonly metric: string;
  /** The measure that the trend is about. */
  readonly measure: string;
  readonly key: KeyValues;
  readonly step: string;
  readonly missing: readonly Missing[];
  /** The mean, and two standard deviations below and above it. */
  readonly points: readonly {
    readonly time: string;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
}

export interface ShardStatus {
  readonly shard: string;
  /** When a worker last stood at its end. */
  readonly tip: string | null;
  /** Now minus the tip; null without one, 0 for an ended shard. */
  readonly lagMs: number | null;
  /** Start of the newest segment read. */
  readonly arrivalClock: string | null;
  readonly lastSequence: string | null;
  readonly eventsPerSecond: number;
  /** Start of the cut's tick. */
  readonly cutThrough: string | null;
  readonly ended: boolean;
}

export interface GenerationStatus {
  readonly generation: number;
  readonly pointerRevision: number;
  readonly created: string;
  readonly parent: number | null;
  readonly kept: readonly number[];
  readonly metrics: readonly string[];
}

export interface StatusAnswer {
  readonly now: string;
  readonly batchThrough: string | null;
  readonly newestEvent: string | null;
  readonly missing: readonly Missing[];
  /** The generation's totals and what came in after its cut. `events = accepted + duplicates + sum(rejected)`. */
  readonly ledger: Ledger;
  /** The part of the ledger that batch has settled. */
  readonly settledLedger: Ledger;
  readonly shards: readonly ShardStatus[];
  readonly cut: Cut;
  readonly generation: GenerationStatus | null;
  /** How old an answer can be: now minus the oldest tip of the shards that go on; null while a shard has none. */
  readonly freshnessMs: number | null;
  readonly disagreements: readonly Disagreement[];
  readonly writeOffs: readonly WriteOff[];
}

/** A question whose answer is followed as it changes. */
export type LiveQuestion =
  | { readonly kind: "top"; readonly metric: string; readonly question: TopQuestion }
  | { readonly kind: "series"; readonly metric: string; readonly question: SeriesQuestion };

export type LiveAnswer = TopAnswer | SeriesAnswer;

/** Adds batch and live, and says how sure the sum is. Every method throws `QuestionError` for what cannot be asked. */
export interface Reader {
  metrics(): readonly MetricSummary[];
  top(metric: string, question: TopQuestion): Promise<TopAnswer>;
  series(metric: string, question: SeriesQuestion): Promise<SeriesAnswer>;
  value(metric: string, question: ValueQuestion): Promise<ValueAnswer>;
  expected(metric: string, question: SeriesQuestion): Promise<ExpectedAnswer>;
  status(): StatusAnswer;
  /** What answers to each name. */
  definitions(): readonly MetricDefinition[];
  /** Reads while nothing moves: answers grow older meanwhile, so that it must be short. */
  moment<T>(read: (moment: Moment) => Promise<T>): Promise<T>;
  /** The app's revisions; null where none was published. */
  schedule(): Schedule | null;
  /** Equal versions give equal answers: a function of the pointer revision, what has been read and what is missing. */
  version(): string;
  /** Called after each change of the version; returns how to stop. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
