import type { MetricDefinition } from "@freshet/model";
import { letterPattern, slugOf, trendPattern } from "./names.js";

/** As OpenSearch Dashboards imports it, one a line. */
export interface SavedObject {
  readonly type: "index-pattern" | "search" | "visualization" | "dashboard";
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly { readonly name: string; readonly type: string; readonly id: string }[];
}

const SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index";
/** Of a dashboard, whose grid is 48 wide. */
const PANEL = { w: 48, h: 16 };
const LINES_MAX = 10;

const indexPattern = (id: string, title: string, timeFieldName: string): SavedObject => ({
  type: "index-pattern",
  id,
  attributes: { title, timeFieldName },
  references: [],
});

const sourceOf = (query: string) => ({
  kibanaSavedObjectMeta: {
    searchSourceJSON: JSON.stringify({
      query: { query, language: "kuery" },
      filter: [],
      indexRefName: SOURCE,
    }),
  },
});
const patternReference = (id: string) => [{ name: SOURCE, type: "index-pattern", id }];

const search = (
  id: string,
  pattern: string,
  {
    title,
    query,
    columns,
    sort,
  }: {
    readonly title: string;
    readonly query: string;
    readonly columns: readonly string[];
    readonly sort: string;
  },
): SavedObject => ({
  type: "search",
  id,
  attributes: {
    title,
    description: "",
    hits: 0,
    columns,
    sort: [[sort, "desc"]],
    version: 1,
    ...sourceOf(query),
  },
  references: patternReference(pattern),
});

/** A line for each of the first keys: the measure, by the window's end. */
const lines = (
  id: string,
  pattern: string,
  { title, query, field }: { readonly title: string; readonly query: string; readonly field: string },
): SavedObject => {
  const axis = { show: true, style: {}, labels: { show: true, truncate: 100 } };
  const visState = {
    title,
    type: "line",
    aggs: [
      { id: "1", enabled: true, type: "max", schema: "metric", params: { field } },
      {
        id: "2",
        enabled: true,
        type: "date_histogram",
        schema: "segment",
        params: { field: "to", interval: "auto", min_doc_count: 1, useNormalizedOpenSearchInterval: true },
      },
      {
        id: "3",
        enabled: true,
        type: "terms",
        schema: "group",
        params: { field: "label", size: LINES_MAX, order: "desc", orderBy: "1" },
      },
    ],
    params: {
      type: "line",
      grid: { categoryLines: false },
      categoryAxes: [
        {
          id: "CategoryAxis-1",
          type: "category",
          position: "bottom",
          scale: { type: "linear" },
          title: {},
          ...axis,
        },
      ],
      valueAxes: [
        {
          id: "ValueAxis-1",
          name: "LeftAxis-1",
          type: "value",
          position: "left",
          scale: { type: "linear", mode: "normal" },
          title: { text: field },
          ...axis,
        },
      ],
      seriesParams: [
        {
          show: true,
          type: "line",
          mode: "normal",
          data: { id: "1", label: field },
          valueAxis: "ValueAxis-1",
          drawLinesBetweenPoints: true,
          showCircles: true,
        },
      ],
      addTooltip: true,
      addLegend: true,
      legendPosition: "right",
      times: [],
      addTimeMarker: false,
    },
  };
  return {
    type: "visualization",
    id,
    attributes: {
      title,
      description: "",
      uiStateJSON: "{}",
      version: 1,
      visState: JSON.stringify(visState),
      ...sourceOf(query),
    },
    references: patternReference(pattern),
  };
};

const dashboard = (id: string, title: string, panels: readonly SavedObject[]): SavedObject => ({
  type: "dashboard",
  id,
  attributes: {
    title,
    description: "",
    hits: 0,
    version: 1,
    timeRestore: true,
    timeFrom: "now-24h",
    timeTo: "now",
    optionsJSON: JSON.stringify({ hidePanelTitles: false, useMargins: true }),
    panelsJSON: JSON.stringify(
      panels.map((_, at) => ({
        panelIndex: String(at + 1),
        gridData: { x: 0, y: at * PANEL.h, ...PANEL, i: String(at + 1) },
        embeddableConfig: {},
        panelRefName: `panel_${at + 1}`,
      })),
    ),
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({ query: { query: "", language: "kuery" }, filter: [] }),
    },
  },
  references: panels.map(({ type, id: panel }, at) => ({ name: `panel_${at + 1}`, type, id: panel })),
});

const objectsOf = (prefix: string, metric: MetricDefinition): readonly SavedObject[] => {
  const id = `${prefix}-${slugOf(metric.name)}`;
  const pattern = indexPattern(`${id}-pattern`, trendPattern(prefix, metric.name), "to");
  const query = `metric: ${JSON.stringify(metric.name)}`;
  const [measure] = metric.measures;
  const by = metric.trend ? "score" : `values.${measure?.name ?? ""}`;
  const columns = [
    "rank",
    ...metric.by.map(({ name }) => `key.${name}`),
    ...metric.measures.map(({ name }) => `values.${name}`),
    ...(metric.trend ? ["score"] : []),
    "status",
    "window",
  ];
  const panels = [
    lines(`${id}-lines`, pattern.id, { title: `${metric.name}: the first keys`, query, field: by }),
    search(`${id}-search`, pattern.id, { title: `${metric.name}: documents`, query, columns, sort: "to" }),
  ];
  return [pattern, ...panels, dashboard(`${id}-dashboard`, metric.name, panels)];
};

/** What OpenSearch Dashboards needs to show the trend documents of an app, and its dead letters. */
export const savedObjects = (
  prefix: string,
  metrics: readonly MetricDefinition[],
): readonly SavedObject[] => {
  const letters = indexPattern(`${prefix}-letters-pattern`, letterPattern(prefix), "arrival");
  return [
    ...metrics.flatMap((metric) => objectsOf(prefix, metric)),
    letters,
    search(`${prefix}-letters-search`, letters.id, {
      title: "Dead letters",
      query: "",
      columns: ["reason", "detail", "type", "id", "replayed"],
      sort: "arrival",
    }),
  ];
};
