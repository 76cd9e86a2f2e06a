// Written by scripts/write-client-types.mjs from the server's /openapi.json: `npm run api` writes it anew.

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What to change */
  readonly detail: string;
  /** The parameter at fault */
  readonly parameter?: string;
  /** The nearest name that exists */
  readonly suggestion?: string;
}

/** What can be asked: `GET /v1/metrics`. */
export interface MetricsAnswer {
  readonly metrics: readonly {
    readonly name: string;
    readonly definition: string;
    readonly event: string;
    readonly dimensions: readonly {
      readonly name: string;
      readonly type: string;
    }[];
    readonly measures: readonly {
      readonly name: string;
      readonly kind: string;
    }[];
    readonly pane: string;
    readonly timeZone: string;
    readonly trend: {
      readonly on: string;
      readonly prior: string | null;
    } | null;
  }[];
}

/** What `GET /v1/metrics/{metric}/top` is asked with. */
export interface TopQuery {
  /** How far back, such as 15m, 1h or 7d; 1h by default. */
  readonly window?: string;
  /** An instant, ISO 8601 with a zone or epoch ms; the newest event time seen by default. */
  readonly at?: string;
  /** What to order by: score, or a measure's name. */
  readonly by?: string;
  /** Rows; 20 by default. */
  readonly limit?: number;
  /** A filter as name=value, repeatable. */
  readonly where?: readonly string[];
}

/** The keys of a window in order: `GET /v1/metrics/{metric}/top`. */
export interface TopAnswer {
  readonly status: "settled" | "live" | "partial";
  readonly covers: {
    readonly from: string;
    readonly to: string;
  };
  readonly batchThrough: string | null;
  readonly missing: readonly (
    | {
        readonly kind: "shard";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "segments";
        readonly shard: string;
        readonly after: string | null;
        readonly detail: string;
      }
    | {
        readonly kind: "stale_tip";
        readonly shard: string;
        readonly lastSeen: string | null;
      }
    | {
        readonly kind: "metric_not_folded";
        readonly shard: string;
        readonly throughSequence: string;
      }
    | {
        readonly kind: "overflow";
        readonly shard: string;
      }
    | {
        readonly kind: "gap";
        readonly shard: string;
        readonly after: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "unaudited";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "written_off";
        readonly shard: string;
        readonly firstSequence: string;
        readonly lastSequence: string;
        readonly reason: string;
      }
    | {
        readonly kind: "generation";
        readonly detail: string;
      }
  )[];
  readonly errorBound: Readonly<
    Record<
      string,
      {
        readonly kind: "relative";
        readonly bound: number;
        readonly confidence: number;
      }
    >
  >;
  readonly metric: string;
  readonly window: string;
  readonly at: string;
  readonly atDefaulted: boolean;
  readonly by: string;
  readonly rows: readonly {
    readonly key: Readonly<Record<string, string | number | boolean | null>>;
    readonly values: Readonly<
      Record<string, number | string | null | Readonly<Record<string, number | null>>>
    >;
    readonly score: number | null;
  }[];
}

/** What `GET /v1/metrics/{metric}/series` is asked with. */
export interface SeriesQuery {
  /** A dimension's value as name=value, once for each; name alone asks for the group without one. */
  readonly key?: readonly string[];
  /** Start of the range, inclusive; a day before its end by default. */
  readonly from?: string;
  /** End of the range, exclusive; the newest event by default. */
  readonly to?: string;
  /** Width of a point; the metric's pane by default. */
  readonly step?: string;
}

/** One key's points over a range: `GET /v1/metrics/{metric}/series`. */
export interface SeriesAnswer {
  readonly status: "settled" | "live" | "partial";
  readonly covers: {
    readonly from: string;
    readonly to: string;
  };
  readonly batchThrough: string | null;
  readonly missing: readonly (
    | {
        readonly kind: "shard";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "segments";
        readonly shard: string;
        readonly after: string | null;
        readonly detail: string;
      }
    | {
        readonly kind: "stale_tip";
        readonly shard: string;
        readonly lastSeen: string | null;
      }
    | {
        readonly kind: "metric_not_folded";
        readonly shard: string;
        readonly throughSequence: string;
      }
    | {
        readonly kind: "overflow";
        readonly shard: string;
      }
    | {
        readonly kind: "gap";
        readonly shard: string;
        readonly after: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "unaudited";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "written_off";
        readonly shard: string;
        readonly firstSequence: string;
        readonly lastSequence: string;
        readonly reason: string;
      }
    | {
        readonly kind: "generation";
        readonly detail: string;
      }
  )[];
  readonly errorBound: Readonly<
    Record<
      string,
      {
        readonly kind: "relative";
        readonly bound: number;
        readonly confidence: number;
      }
    >
  >;
  readonly metric: string;
  readonly key: Readonly<Record<string, string | number | boolean | null>>;
  readonly step: string;
  readonly points: readonly {
    readonly time: string;
    readonly status: "settled" | "live" | "partial";
    readonly values: Readonly<
      Record<string, number | string | null | Readonly<Record<string, number | null>>>
    >;
  }[];
}

/** What `GET /v1/metrics/{metric}/value` is asked with. */
export interface ValueQuery {
  /** A dimension's value as name=value, once for each; name alone asks for the group without one. */
  readonly key?: readonly string[];
  /** How far back, such as 15m, 1h or 7d; 1h by default. */
  readonly window?: string;
  /** An instant, ISO 8601 with a zone or epoch ms; the newest event time seen by default. */
  readonly at?: string;
}

/** One key over a window: `GET /v1/metrics/{metric}/value`. */
export interface ValueAnswer {
  readonly status: "settled" | "live" | "partial";
  readonly covers: {
    readonly from: string;
    readonly to: string;
  };
  readonly batchThrough: string | null;
  readonly missing: readonly (
    | {
        readonly kind: "shard";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "segments";
        readonly shard: string;
        readonly after: string | null;
        readonly detail: string;
      }
    | {
        readonly kind: "stale_tip";
        readonly shard: string;
        readonly lastSeen: string | null;
      }
    | {
        readonly kind: "metric_not_folded";
        readonly shard: string;
        readonly throughSequence: string;
      }
    | {
        readonly kind: "overflow";
        readonly shard: string;
      }
    | {
        readonly kind: "gap";
        readonly shard: string;
        readonly after: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "unaudited";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "written_off";
        readonly shard: string;
        readonly firstSequence: string;
        readonly lastSequence: string;
        readonly reason: string;
      }
    | {
        readonly kind: "generation";
        readonly detail: string;
      }
  )[];
  readonly errorBound: Readonly<
    Record<
      string,
      {
        readonly kind: "relative";
        readonly bound: number;
        readonly confidence: number;
      }
    >
  >;
  readonly metric: string;
  readonly key: Readonly<Record<string, string | number | boolean | null>>;
  readonly values: Readonly<Record<string, number | string | null | Readonly<Record<string, number | null>>>>;
  readonly score: number | null;
}

/** What `GET /v1/metrics/{metric}/expected` is asked with. */
export interface ExpectedQuery {
  /** A dimension's value as name=value, once for each; name alone asks for the group without one. */
  readonly key?: readonly string[];
  /** Start of the range, inclusive; a day before its end by default. */
  readonly from?: string;
  /** End of the range, exclusive; the newest event by default. */
  readonly to?: string;
  /** Width of a point; the metric's pane by default. */
  readonly step?: string;
}

/** What is normal for one key, hour by hour of the week: `GET /v1/metrics/{metric}/expected`. */
export interface ExpectedAnswer {
  readonly metric: string;
  /** The measure that the trend is about */
  readonly measure: string;
  readonly key: Readonly<Record<string, string | number | boolean | null>>;
  readonly step: string;
  readonly missing: readonly (
    | {
        readonly kind: "shard";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "segments";
        readonly shard: string;
        readonly after: string | null;
        readonly detail: string;
      }
    | {
        readonly kind: "stale_tip";
        readonly shard: string;
        readonly lastSeen: string | null;
      }
    | {
        readonly kind: "metric_not_folded";
        readonly shard: string;
        readonly throughSequence: string;
      }
    | {
        readonly kind: "overflow";
        readonly shard: string;
      }
    | {
        readonly kind: "gap";
        readonly shard: string;
        readonly after: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "unaudited";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "written_off";
        readonly shard: string;
        readonly firstSequence: string;
        readonly lastSequence: string;
        readonly reason: string;
      }
    | {
        readonly kind: "generation";
        readonly detail: string;
      }
  )[];
  readonly points: readonly {
    readonly time: string;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Ledger, shards, cut, generation and freshness: `GET /v1/status`. */
export interface StatusAnswer {
  readonly now: string;
  readonly batchThrough: string | null;
  readonly newestEvent: string | null;
  readonly missing: readonly (
    | {
        readonly kind: "shard";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "segments";
        readonly shard: string;
        readonly after: string | null;
        readonly detail: string;
      }
    | {
        readonly kind: "stale_tip";
        readonly shard: string;
        readonly lastSeen: string | null;
      }
    | {
        readonly kind: "metric_not_folded";
        readonly shard: string;
        readonly throughSequence: string;
      }
    | {
        readonly kind: "overflow";
        readonly shard: string;
      }
    | {
        readonly kind: "gap";
        readonly shard: string;
        readonly after: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "unaudited";
        readonly shard: string;
        readonly detail: string;
      }
    | {
        readonly kind: "written_off";
        readonly shard: string;
        readonly firstSequence: string;
        readonly lastSequence: string;
        readonly reason: string;
      }
    | {
        readonly kind: "generation";
        readonly detail: string;
      }
  )[];
  readonly ledger: {
    readonly records: number;
    readonly events: number;
    readonly accepted: number;
    readonly duplicates: number;
    readonly rejected: {
      readonly malformed?: number;
      readonly too_large?: number;
      readonly unknown_type?: number;
      readonly unknown_version?: number;
      readonly missing_field?: number;
      readonly wrong_type?: number;
      readonly out_of_range?: number;
      readonly time_out_of_bounds?: number;
    };
    readonly conflicts: number;
  };
  readonly settledLedger: {
    readonly records: number;
    readonly events: number;
    readonly accepted: number;
    readonly duplicates: number;
    readonly rejected: {
      readonly malformed?: number;
      readonly too_large?: number;
      readonly unknown_type?: number;
      readonly unknown_version?: number;
      readonly missing_field?: number;
      readonly wrong_type?: number;
      readonly out_of_range?: number;
      readonly time_out_of_bounds?: number;
    };
    readonly conflicts: number;
  };
  readonly shards: readonly {
    readonly shard: string;
    readonly tip: string | null;
    readonly lagMs: number | null;
    readonly arrivalClock: string | null;
    readonly lastSequence: string | null;
    readonly eventsPerSecond: number;
    readonly cutThrough: string | null;
    readonly ended: boolean;
  }[];
  readonly cut: Readonly<
    Record<
      string,
      {
        readonly tick: number;
        readonly ordinal: number;
        readonly lastSequence: string;
      }
    >
  >;
  readonly generation: {
    readonly generation: number;
    readonly pointerRevision: number;
    readonly created: string;
    readonly parent: number | null;
    readonly kept: readonly number[];
    readonly metrics: readonly string[];
  } | null;
  readonly freshnessMs: number | null;
  readonly disagreements: readonly {
    readonly tick: number;
    readonly ordinal: number;
    readonly shard: string;
    readonly firstSequence: string;
    readonly lastSequence: string;
    readonly speed: {
      readonly records: number;
      readonly events: number;
      readonly accepted: number;
      readonly duplicates: number;
      readonly rejected: {
        readonly malformed?: number;
        readonly too_large?: number;
        readonly unknown_type?: number;
        readonly unknown_version?: number;
        readonly missing_field?: number;
        readonly wrong_type?: number;
        readonly out_of_range?: number;
        readonly time_out_of_bounds?: number;
      };
    };
    readonly batch: {
      readonly records: number;
      readonly events: number;
      readonly accepted: number;
      readonly duplicates: number;
      readonly rejected: {
        readonly malformed?: number;
        readonly too_large?: number;
        readonly unknown_type?: number;
        readonly unknown_version?: number;
        readonly missing_field?: number;
        readonly wrong_type?: number;
        readonly out_of_range?: number;
        readonly time_out_of_bounds?: number;
      };
    };
  }[];
  readonly writeOffs: readonly {
    readonly shard: string;
    readonly firstSequence: string;
    readonly lastSequence: string;
    readonly reason: string;
  }[];
}
