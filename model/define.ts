import type { AppDocument, AppSettings } from "./app.js";
import { refuse, within } from "./definitionError.js";
import type { EmittedEvent, EventType } from "./event/define.js";
import type { LookupType } from "./lookup.js";
import type { MetricType } from "./metric/define.js";
import { type Duration, durationOf } from "./metric/duration.js";
import { nodesOf } from "./metric/walk.js";
import { checkDistinct, checkPublicName } from "./names.js";
import { suggestion } from "./nearest.js";

export interface SettingsOptions {
  /** An event may be this much older than its arrival; `"30d"` by default. */
  readonly maxLate?: Duration;
  /** An event may be this much younger than its arrival; `"1h"` by default. */
  readonly maxAhead?: Duration;
  readonly eventBytesMax?: number;
  readonly eventDepthMax?: number;
}

/** Where a row of a file stands, and ids for rows that have none of their own. */
export interface RowPlace {
  /** From 0; a CSV header does not count. */
  readonly row: number;
  /** Names the file by how its content begins. */
  readonly fingerprint: string;
  /** Of this row of this file: rows that read the same stay separate events. */
  rowId(): string;
  /** Of what the row says: rows that read the same are duplicates. */
  contentId(): string;
}

/** How `freshet replay` makes events of a file's rows. */
export interface ReplayMapping<Event, Row> {
  /** By the file's name where absent. */
  readonly format?: "ndjson" | "csv";
  /** The event of a row (CSV: texts by column name), with its `id` and `time`; null leaves the row out. */
  map(row: Row, place: RowPlace): (Event & { readonly id: string; readonly time: string | number }) | null;
}

/** What a project's `freshet.config.ts` exports. */
export interface App<Events extends readonly EventType[] = readonly EventType[]> {
  readonly kind: "app";
  readonly document: AppDocument;
  readonly events: Events;
  readonly replay: ReplayMapping<EmittedEvent<Events[number]>, never> | null;
}

/** The fields of each event type that an app's producers may emit, by its name. */
export type EventsOf<A extends App> = {
  readonly [E in A["events"][number] as E["name"]]: Omit<EmittedEvent<E>, "type" | "id" | "time">;
};

export interface AppOptions<Events extends readonly EventType[], Row> {
  /** `"app"` by default. */
  readonly name?: string;
  readonly events: Events;
  readonly lookups?: readonly LookupType[];
  readonly metrics: readonly MetricType[];
  readonly settings?: SettingsOptions;
  readonly replay?: ReplayMapping<EmittedEvent<Events[number]>, Row>;
}

const EVENT_BYTES_DEFAULT = 262_144;
/** A log record holds 1 MiB. */
const EVENT_BYTES_MAX = 1_000_000;
const EVENT_DEPTH_DEFAULT = 32;
const EVENT_DEPTH_MAX = 512;

/** Binds definitions together. @throws DefinitionError */
export const defineApp = <const Events extends readonly EventType[], Row = Readonly<Record<string, string>>>(
  options: AppOptions<Events, Row>,
): App<Events> => {
  const { name = "app", events, lookups = [], metrics, settings = {}, replay = null } = options;
  within("name", () => checkPublicName(name, "an app"));
  within("events", () =>
    checkDistinct(
      events.map((event) => event.name),
      "the event type",
    ),
  );
  within("lookups", () =>
    checkDistinct(
      lookups.map(({ definition }) => definition.name),
      "the lookup",
    ),
  );
  within("metrics", () =>
    checkDistinct(
      metrics.map((metric) => metric.name),
      "the metric",
    ),
  );
  for (const metric of metrics)
    within(`metrics[${JSON.stringify(metric.name)}]`, () => checkReferences(metric, events, lookups));
  const document: AppDocument = {
    version: 1,
    name,
    events: events.map(({ definition }) => definition),
    lookups: lookups.map(({ definition }) => definition),
    metrics: metrics.map(({ definition }) => definition),
    settings: within("settings", () => settingsOf(settings)),
  };
  return { kind: "app", document: structuredClone(document), events, replay };
};

/** What is stored with each revision: plain JSON. */
export const toAppDocument = (app: App): AppDocument => app.document;

export const isApp = (value: unknown): value is App =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  value.kind === "app" &&
  "document" in value;

const checkReferences = (
  metric: MetricType,
  events: readonly EventType[],
  lookups: readonly LookupType[],
): void => {
  const event = events.find(({ name }) => name === metric.event.name);
  if (!event) {
    return refuse(
      `the app has no event ${JSON.stringify(metric.event.name)}`,
      suggestion(
        metric.event.name,
        events.map(({ name }) => name),
      ),
    );
  }
  const version = metric.event.definition.versions.length;
  const last = event.definition.versions.length;
  if (version !== last)
    refuse(
      `it is over version ${version} of ${event.name}, and the app has version ${last}`,
      "define it over the last one",
    );
  const names = lookups.map(({ definition }) => definition.name);
  const { where, by, measures } = metric.definition;
  const expressions = [
    where,
    ...by.map(({ expression }) => expression),
    ...measures.flatMap((measure) => [measure.of, measure.where]),
  ];
  for (const expression of expressions) {
    for (const node of expression === null ? [] : nodesOf(expression)) {
      if (node.kind === "lookup" && !names.includes(node.lookup)) {
        refuse(`the app has no lookup ${JSON.stringify(node.lookup)}`, suggestion(node.lookup, names));
      }
    }
  }
};

const settingsOf = (settings: SettingsOptions): AppSettings => {
  const bounded = (name: "eventBytesMax" | "eventDepthMax", otherwise: number, max: number): number => {
    const value = settings[name] ?? otherwise;
    if (!Number.isInteger(value) || value < 1 || value > max) {
      within(name, () => refuse(`expected an integer from 1 to ${max}, got ${String(value)}`));
    }
    return value;
  };
  return {
    maxLateMs: within("maxLate", () => durationOf(settings.maxLate ?? "30d")),
    maxAheadMs: within("maxAhead", () => durationOf(settings.maxAhead ?? "1h")),
    eventBytesMax: bounded("eventBytesMax", EVENT_BYTES_DEFAULT, EVENT_BYTES_MAX),
    eventDepthMax: bounded("eventDepthMax", EVENT_DEPTH_DEFAULT, EVENT_DEPTH_MAX),
  };
};
