import { type Dimension, type MeasureDefinition, type MetricDefinition, quantileLabel } from "@freshet/model";
import { quantileField } from "./document.js";
import { letterPattern, trendTemplateName } from "./names.js";

type Mapping = Readonly<Record<string, unknown>>;

/** Lucene takes no term over 32,766 bytes: longer texts are kept, and not found by their value. */
const TERM_CHARS_MAX = 8_191;

const KEYWORD: Mapping = { type: "keyword", ignore_above: TERM_CHARS_MAX };
const DATE: Mapping = { type: "date" };
const DOUBLE: Mapping = { type: "double" };
const LONG: Mapping = { type: "long" };
const BOOLEAN: Mapping = { type: "boolean" };
/** In the document, not searched. */
const KEPT: Mapping = { type: "object", enabled: false };

const SETTINGS = {
  number_of_shards: 1,
  /** A single node is green without a copy, and has one as soon as there are two. */
  auto_expand_replicas: "0-1",
  refresh_interval: "1s",
  /** For so long a removed document's version is known, and an earlier write that comes late is refused. */
  gc_deletes: "1h",
} as const;

const dimensionMapping = ({ type }: Dimension): Mapping => {
  switch (type) {
    case "string":
      return KEYWORD;
    case "integer":
      return LONG;
    case "number":
      return DOUBLE;
    case "boolean":
      return BOOLEAN;
    case "instant":
      return DATE;
  }
};

/** Sums and extremes may pass 64 bits or be text: as double they can be searched, and the document keeps them exactly. */
const measureMapping = ({ spec }: MeasureDefinition): Mapping => {
  switch (spec.kind) {
    case "count":
    case "countDistinct":
      return LONG;
    case "sum":
    case "min":
    case "max":
      return DOUBLE;
    case "quantiles":
      return {
        properties: Object.fromEntries(
          spec.probabilities.map((probability) => [quantileField(quantileLabel(probability)), DOUBLE]),
        ),
      };
  }
};

const byName = <T extends { readonly name: string }>(
  named: readonly T[],
  mapping: (one: T) => Mapping,
): Mapping => ({ properties: Object.fromEntries(named.map((one) => [one.name, mapping(one)])) });

/** The template of a metric's indices: as its definition has them, and nothing guessed. */
export const trendTemplate = (prefix: string, metric: MetricDefinition): Mapping => ({
  index_patterns: [`${trendTemplateName(prefix, metric.name, metric.hash)}--*`],
  template: {
    settings: { index: SETTINGS },
    mappings: {
      dynamic: false,
      properties: {
        metric: KEYWORD,
        definition: KEYWORD,
        window: KEYWORD,
        from: DATE,
        to: DATE,
        key: byName(metric.by, dimensionMapping),
        label: KEYWORD,
        values: byName(metric.measures, measureMapping),
        score: DOUBLE,
        rank: LONG,
        watched: BOOLEAN,
        by: KEYWORD,
        status: KEYWORD,
        batchThrough: DATE,
        missing: KEPT,
        written: DATE,
        digest: { type: "keyword", index: false },
      },
    },
  },
});

export const letterTemplate = (prefix: string): Mapping => ({
  index_patterns: [letterPattern(prefix)],
  template: {
    settings: { index: SETTINGS },
    mappings: {
      dynamic: false,
      properties: {
        place: KEYWORD,
        shard: KEYWORD,
        sequence: KEYWORD,
        subsequence: LONG,
        arrival: DATE,
        reason: KEYWORD,
        detail: { type: "text", fields: { keyword: KEYWORD } },
        type: KEYWORD,
        id: KEYWORD,
        time: DATE,
        body: { type: "text" },
        replay: KEYWORD,
        replayed: DATE,
      },
    },
  },
});
