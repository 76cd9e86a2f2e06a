import {
  type DurationMs,
  type EpochMs,
  formatDuration,
  type GenerationManifest,
  type MetricDefinition,
  parseDuration,
  type Schedule,
  SCHEDULE,
  type TimeRange,
} from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { createCatalog, type Metric } from "../reader/catalog.js";
import { parseInstant, parsePanes, POINTS_MAX } from "../reader/question/parse.js";
import { resolveSteps } from "../reader/question/range.js";
import { QuestionError } from "../reader/questionError.js";
import { createQueryTurns } from "../reader/settled/queryTurns.js";
import type { DriftAnswer, DriftGauge, GenerationsAnswer, LedgerAnswer, RunsAnswer } from "./answers.js";
import { createLiveHours } from "./liveHours.js";
import { readDrift, readDriftGauges } from "./readDrift.js";
import { readGenerations } from "./readGenerations.js";
import { readLedgerHours } from "./readLedgerHours.js";
import { readRuns } from "./readRuns.js";
import { type BookStores, overStanding } from "./standing.js";

const DAY_MS = 86_400_000;

export interface DriftQuestion {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface LedgerQuestion extends DriftQuestion {
  readonly step?: string | undefined;
}

/** How well live and batch agree, and what batch published. Every method throws `QuestionError` for what cannot be asked. */
export interface Books {
  drift(metric: string, question: DriftQuestion): Promise<DriftAnswer>;
  ledger(question: LedgerQuestion): Promise<LedgerAnswer>;
  generations(): Promise<GenerationsAnswer>;
  runs(): Promise<RunsAnswer>;
  /** Of the newest day; read again when another generation stands. */
  driftGauges(): Promise<readonly DriftGauge[]>;
  close(): Promise<void>;
}

/** The newest definition of a name that the generation holds. */
const comparedMetric = (
  schedule: Schedule | null,
  manifest: GenerationManifest | null,
  name: string,
): MetricDefinition => {
  const candidates = createCatalog(schedule).named(name);
  const held = candidates.find(({ definition }) => manifest?.metrics[definition.hash]);
  return ((held ?? candidates[0]) as Metric).definition;
};

const wholeHours = (
  nowMs: number,
  question: LedgerQuestion,
): { readonly range: TimeRange; readonly stepMs: DurationMs } => {
  const stepMs = parsePanes("step", question.step ?? "1h", parseDuration("1h"), "1h");
  const to = question.to === undefined ? nowMs + 1 : parseInstant("to", question.to);
  const from =
    question.from === undefined
      ? Math.max(0, to - Math.max(DAY_MS, stepMs))
      : parseInstant("from", question.from);
  if (from >= to) throw new QuestionError("bad_parameter", "from", "from: must lie before to");
  const fromMs = Math.floor(from / stepMs) * stepMs;
  const toExclusiveMs = Math.ceil(to / stepMs) * stepMs;
  if ((toExclusiveMs - fromMs) / stepMs > POINTS_MAX)
    throw new QuestionError("too_large", "step", `step: more than ${POINTS_MAX} steps: ask for a longer one`);
  return { range: { fromMs: fromMs as EpochMs, toExclusiveMs: toExclusiveMs as EpochMs }, stepMs };
};

/** Hours of which some was dropped are no part of what an answer covers. */
const keptPart = ({ fromMs, toExclusiveMs }: TimeRange, hoursFrom: EpochMs | undefined): TimeRange => ({
  fromMs: Math.min(toExclusiveMs, Math.max(fromMs, hoursFrom ?? fromMs)) as EpochMs,
  toExclusiveMs,
});

const isoRange = ({ fromMs, toExclusiveMs }: TimeRange): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toExclusiveMs).toISOString(),
});

export const openBooks = async (options: {
  readonly data: BookStores;
  readonly duckdb: DuckDb;
  readonly now: () => number;
}): Promise<Books> => {
  const { data, now } = options;
  const { lake, records } = data;
  const { withConnection, close } = await createQueryTurns(options.duckdb);
  const liveHours = createLiveHours(data);
  let gauges: { readonly generation: number | null; readonly found: readonly DriftGauge[] } | null = null;

  return {
    drift: (name, question) =>
      overStanding(data, async (manifest) => {
        const schedule = (await records.get<Schedule>(SCHEDULE))?.value ?? null;
        const metric = comparedMetric(schedule, manifest, name);
        const newestMs = manifest?.newestTimeMs ?? (now() as EpochMs);
        const { range } = resolveSteps(metric, { from: question.from, to: question.to }, newestMs);
        const found = await withConnection((duckdb) => readDrift(duckdb, lake, manifest, metric, range));
        return {
          metric: name,
          definition: metric.hash,
          covers: isoRange(range),
          generation: manifest?.generation ?? null,
          since: manifest?.reconciliation?.since ?? null,
          unread: manifest?.reconciliation?.unread ?? [],
          ...found,
        };
      }),
    ledger: (question) =>
      overStanding(data, async (manifest) => {
        const { range: asked, stepMs } = wholeHours(now(), question);
        const range = keptPart(asked, manifest?.reconciliation?.hoursFrom);
        const after = await liveHours(manifest);
        const hours = await withConnection((duckdb) =>
          readLedgerHours(duckdb, lake, manifest, range, stepMs, after),
        );
        return {
          covers: isoRange(range),
          step: formatDuration(stepMs),
          generation: manifest?.generation ?? null,
          since: manifest?.reconciliation?.since ?? null,
          hours,
        };
      }),
    generations: () => overStanding(data, () => readGenerations(data)),
    runs: () => readRuns(data),
    driftGauges: () =>
      overStanding(data, async (manifest) => {
        const generation = manifest?.generation ?? null;
        if (gauges?.generation === generation) return gauges.found;
        const fromMs = (manifest?.newestTimeMs ?? 0) - DAY_MS;
        const found =
          manifest === null
            ? []
            : await withConnection((duckdb) => readDriftGauges(duckdb, lake, manifest, fromMs));
        gauges = { generation, found };
        return found;
      }),
    close,
  };
};
