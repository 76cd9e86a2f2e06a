import type { DayFile, EpochMs, Group, MetricDefinition, ShardId } from "@freshet/model";
import type { Standing } from "./answer/frame.js";

/** All that is known of one metric, for those who read it whole. */
export interface MetricMoment {
  readonly definition: MetricDefinition;
  /** The generation's. */
  readonly files: readonly DayFile[];
  /** Panes of which some groups have no name of their own, and the shards that say so. */
  readonly overflow: ReadonlyMap<EpochMs, ReadonlySet<ShardId>>;
  /** Panes that increments after the cut touch. */
  touched(): ReadonlySet<EpochMs>;
  /** What came in after the cut, one group for each pane and key. Only while the moment lasts. */
  groups(): Iterable<Group>;
  /** What a status rests on. @param touched an increment after the cut touches what is asked about */
  standing(touched: boolean): Standing;
}

/** The view while it stands still. */
export interface Moment {
  readonly version: string;
  readonly generation: number | null;
  readonly newestMs: EpochMs;
  readonly batchThroughMs: EpochMs | null;
  /** @throws QuestionError for a name that the newest app has not. */
  metric(name: string): MetricMoment;
}
