import {
  type AppDocument,
  compileMetrics,
  encodeKey,
  type EpochMs,
  nextPane,
  ownApp,
  paneStart,
  type ReadEvent,
  type TimeRange,
} from "@freshet/model";

/** What events would add to one metric. */
export interface MetricEffect {
  readonly metric: string;
  readonly events: number;
  /** Groups of a pane and key. */
  readonly groups: number;
  readonly panes: TimeRange;
}

const NO_LOOKUPS = (): null => null;

/** By metric, those that would change alone. Lookups are taken as empty. */
export const createEffect = (app: AppDocument) => {
  const metrics = compileMetrics(ownApp(app)).map((compiled) => ({
    compiled,
    events: 0,
    groups: new Set<string>(),
    fromMs: Number.POSITIVE_INFINITY,
    throughMs: Number.NEGATIVE_INFINITY,
  }));
  return {
    add(event: ReadEvent): void {
      for (const effect of metrics) {
        const { compiled } = effect;
        const { paneMs, timeZone } = compiled.metric;
        if (!compiled.accepts(event, NO_LOOKUPS)) continue;
        const pane = paneStart(event.timeMs, paneMs, timeZone);
        effect.events++;
        effect.groups.add(`${pane} ${encodeKey(compiled.keyValues(event, NO_LOOKUPS))}`);
        effect.fromMs = Math.min(effect.fromMs, pane);
        effect.throughMs = Math.max(effect.throughMs, pane);
      }
    },
    metrics(): readonly MetricEffect[] {
      return metrics
        .filter(({ events }) => events > 0)
        .map(({ compiled: { metric }, events, groups, fromMs, throughMs }) => ({
          metric: metric.name,
          events,
          groups: groups.size,
          panes: {
            fromMs,
            toExclusiveMs: nextPane(throughMs as EpochMs, metric.paneMs, metric.timeZone),
          } as TimeRange,
        }));
    },
  };
};
