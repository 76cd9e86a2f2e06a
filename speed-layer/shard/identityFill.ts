import { type SequenceNumber, sequenceNumber, type ShardId, type Tick, tick } from "@freshet/model";
import { type LogRecord, readOrEnd, type RecordBatch, type ShardLog } from "@freshet/storage";
import type { IdentitySet } from "../fold/identitySet.js";
import { outOfBounds } from "../fold/segmentFold.js";
import { inTurns, type Work } from "../work.js";
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX } from "./batch.js";
import type { Checkpoint, LogPlace } from "./checkpoint.js";
import { createHorizonMarks, type HorizonMarks, place } from "./horizon.js";
import type { Judge, RuleBook } from "./rules.js";

const READ_RECORDS_MAX = 5_000;

export interface FillOptions {
  readonly log: ShardLog;
  readonly rules: RuleBook;
  readonly batch: RecordBatch;
  readonly identities: IdentitySet;
  readonly horizonTicks: number;
}

interface Stretch {
  readonly shard: ShardId;
  readonly from: LogPlace;
  /** Inclusive; null: to the closed shard's end. */
  readonly through: SequenceNumber | null;
  readonly leastTick: number;
}

/** The records of a stretch of the log, passing over what is trimmed. */
async function* recordsOf(log: ShardLog, stretch: Stretch): AsyncGenerator<readonly LogRecord[]> {
  const { shard, through } = stretch;
  let { after } = stretch.from;
  while (through === null || (after ?? "") < through) {
    const read = await readOrEnd(log, shard, after, READ_RECORDS_MAX);
    const first = read.trimmed?.firstAvailable;
    const next = read.records.at(-1)?.sequence;
    if (read.trimmed && first && (through === null || first <= through)) {
      after = sequenceNumber(BigInt(first) - 1n);
      continue;
    }
    if (next === undefined || read.trimmed) return;
    yield through === null ? read.records : read.records.filter(({ sequence }) => sequence <= through);
    after = next;
  }
}

/** A run of records that are judged alike, some at a time. */
interface Run {
  judge: Judge | null;
  records: LogRecord[];
  ticks: Tick[];
  bytes: number;
}

/** Notes every accepted or duplicate event of a run. */
function* note(
  { batch, identities, log }: FillOptions,
  { scanner }: Judge,
  { records, ticks }: Run,
): Work<void> {
  const { segmentMs } = log.identity;
  batch.clear();
  batch.together(() => {
    for (const { data } of records) batch.add(data);
  });
  const columns = scanner.scan(batch);
  for (let index = 0; index < columns.count; index++) {
    const at = ticks[batch.recordOf[index] as number] as Tick;
    if (columns.reasons[index] !== 0 || outOfBounds(columns, index, at * segmentMs)) continue;
    identities.see(columns.fingerprints, index, at);
  }
  yield columns.count;
}

/** Goes over all events of ticks from `leastTick` on, each judged by the rules of its own tick. */
const fillStretch = async (options: FillOptions, stretch: Stretch, marks: HorizonMarks): Promise<void> => {
  const { log, rules } = options;
  const { segmentMs } = log.identity;
  let clockMs: number = stretch.from.clockMs;
  let after = stretch.from.after;
  let run: Run = emptyRun(null);
  const noteRun = async (): Promise<void> => {
    if (run.judge) await inTurns(note(options, run.judge, run));
  };
  for await (const records of recordsOf(log, stretch)) {
    for (const record of records) {
      const before = clockMs;
      clockMs = Math.max(clockMs, record.arrivalMs);
      const at = tick(Math.floor(clockMs / segmentMs));
      if (at >= stretch.leastTick) {
        const judge = rules.judgeAt(at) ?? (await judgeFor(rules, at));
        if (run.judge !== judge || run.bytes >= BATCH_BYTES_MAX || run.records.length >= BATCH_EVENTS_MAX) {
          await noteRun();
          run = emptyRun(judge);
        }
        marks.raised(at, place(after, before));
        run.records.push(record);
        run.ticks.push(at);
        run.bytes += record.data.length;
      }
      after = record.sequence;
    }
  }
  await noteRun();
};

const emptyRun = (judge: Judge | null): Run => ({ judge, records: [], ticks: [], bytes: 0 });

const judgeFor = async (rules: RuleBook, at: Tick): Promise<Judge> => {
  await rules.prepare(at);
  const judge = rules.judgeAt(at);
  if (!judge) throw new Error(`tick ${at} was folded, but the schedule does not know it`);
  return judge;
};

/**
 * Fills the set with what a restart at `checkpoint` must remember: the identities of every segment, of the shard and
 * its ancestors, with a tick at most a horizon before the checkpoint's.
 *
 * @param through the last record that is not folded again, inclusive; null: none
 */
export const fillIdentities = async (
  options: FillOptions,
  checkpoint: Checkpoint,
  through: SequenceNumber | null,
  ancestors: readonly Checkpoint[],
): Promise<HorizonMarks> => {
  const { segmentMs } = options.log.identity;
  const clockTick = Math.floor(checkpoint.segmenter.clockMs / segmentMs);
  const leastTick = (checkpoint.open?.tick ?? clockTick) - options.horizonTicks;
  for (const ancestor of ancestors) {
    if (Math.floor(ancestor.segmenter.clockMs / segmentMs) < leastTick) continue;
    const stretch = { shard: ancestor.shard, from: ancestor.horizon, through: null, leastTick };
    await fillStretch(options, stretch, createHorizonMarks(options.horizonTicks));
  }
  const marks = createHorizonMarks(options.horizonTicks);
  if (through !== null) {
    await fillStretch(
      options,
      { shard: checkpoint.shard, from: checkpoint.horizon, through, leastTick },
      marks,
    );
  }
  return marks;
};
