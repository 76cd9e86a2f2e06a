import {
  type AppDocument,
  compileMetrics,
  type CompiledMetric,
  createEventReader,
  encodeKey,
  type EventReader,
  type GroupKey,
  hashText,
  type LookupReader,
  type Measure,
  type MeasureInput,
  measureFor,
  paneStart,
  type ReadEvent,
  type ReadOutcome,
  type Reason,
} from "@freshet/model";
import {
  type Columns,
  FINGERPRINT_WORDS,
  type MetricColumns,
  type RawEvent,
  type Scanner,
} from "./columns.js";

/** Type, id and time as one text: no two identities share it. */
const identityText = ({ type, id, timeMs }: ReadEvent): string => `${timeMs} ${type.length} ${type}${id}`;

const FINGERPRINT_SEED = 0;
const hash = new Int32Array(FINGERPRINT_WORDS);

const readFingerprint = (text: string, words: Uint32Array, index: number): void => {
  hashText(text, FINGERPRINT_SEED, hash);
  words.set(hash, index * FINGERPRINT_WORDS);
};

interface MetricScan {
  readonly columns: MetricColumns;
  add(event: ReadEvent, index: number): void;
}

const scanMetric = (
  compiled: CompiledMetric,
  measures: readonly Measure[],
  lookup: LookupReader,
  events: number,
): MetricScan => {
  const { metric } = compiled;
  const counted = new Uint8Array(events);
  const paneMs = new Float64Array(events);
  const keys: GroupKey[] = [];
  const inputs: (readonly (MeasureInput | undefined)[])[] = [];
  const { hash, groupsMax } = metric;
  return {
    columns: { definition: hash, measures, groupsMax, counted, paneMs, keys, inputs },
    add(event, index) {
      if (!compiled.accepts(event, lookup)) return;
      counted[index] = 1;
      paneMs[index] = paneStart(event.timeMs, metric.paneMs, metric.timeZone);
      keys[index] = encodeKey(compiled.keyValues(event, lookup));
      inputs[index] = compiled.inputs(event, lookup);
    },
  };
};

const readRaw = (reader: EventReader, event: RawEvent): ReadOutcome =>
  event.kind === "json"
    ? reader.read(event.bytes)
    : {
        kind: "rejected",
        reason: "too_large",
        detail: `${event.bytes} bytes: more than the log stores`,
        type: null,
        id: null,
        timeMs: null,
      };

/** The plain scanner: `JSON.parse` and compiled expressions, an event at a time. */
export const createScanner = (app: AppDocument, lookup: LookupReader): Scanner => {
  const reader = createEventReader(app);
  const { maxLateMs, maxAheadMs } = app.settings;
  const compiled = [...compileMetrics(app)].sort((a, b) => (a.metric.hash < b.metric.hash ? -1 : 1));
  const measures = compiled.map(({ metric }) => metric.measures.map(({ spec }) => measureFor(spec)));

  return {
    scan(events): Columns {
      const count = events.length;
      const reasons: (Reason | undefined)[] = [];
      const fingerprints = new Uint32Array(count * FINGERPRINT_WORDS);
      const timeMs = new Float64Array(count);
      const lateMs = new Float64Array(count).fill(maxLateMs);
      const aheadMs = new Float64Array(count).fill(maxAheadMs);
      const metrics = compiled.map((one, index) => scanMetric(one, measures[index] ?? [], lookup, count));
      for (let index = 0; index < count; index++) {
        const outcome = readRaw(reader, events[index] as RawEvent);
        if (outcome.kind === "rejected") {
          reasons[index] = outcome.reason;
          continue;
        }
        timeMs[index] = outcome.timeMs;
        if (outcome.bounds) {
          lateMs[index] = outcome.bounds.maxLateMs;
          aheadMs[index] = outcome.bounds.maxAheadMs;
        }
        readFingerprint(identityText(outcome), fingerprints, index);
        for (const metric of metrics) metric.add(outcome, index);
      }
      return {
        events: count,
        reasons,
        fingerprints,
        timeMs,
        lateMs,
        aheadMs,
        metrics: metrics.map(({ columns }) => columns),
      };
    },
    describe(event) {
      const outcome = readRaw(reader, event);
      const { type, id, timeMs } = outcome;
      return { type, id, timeMs, detail: outcome.kind === "rejected" ? outcome.detail : "" };
    },
  };
};
