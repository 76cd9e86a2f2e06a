import { type SequenceNumber, sequenceNumber, type ShardId, type Tick, tick } from "@freshet/model";
import type { LogRecord, ShardLog } from "@freshet/storage";
import type { RawEvent } from "../clear/columns.js";
import type { IdentitySet } from "../fold/identitySet.js";
import { outOfBounds } from "../clear/segmentFold.js";
import type { Checkpoint, LogPlace } from "./checkpoint.js";
import { createHorizonMarks, type HorizonMarks, place } from "./horizon.js";
import type { Judge, RuleBook } from "./rules.js";
import type { Unpack } from "./unpack.js";

const READ_RECORDS_MAX = 5_000;

export interface FillOptions {
  readonly log: ShardLog;
  readonly rules: RuleBook;
  readonly unpack: Unpack;
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
    const read = await log.read(shard, after, READ_RECORDS_MAX);
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

/** Notes every accepted or duplicate event of ticks from `leastTick` on, each judged by the rules of its own tick. */
const fillStretch = async (options: FillOptions, stretch: Stretch, marks: HorizonMarks): Promise<void> => {
  const { log, rules, unpack, identities } = options;
  const { segmentMs } = log.identity;
  let clockMs: number = stretch.from.clockMs;
  let after = stretch.from.after;
  for await (const records of recordsOf(log, stretch)) {
    const runs: { judge: Judge; tick: Tick; events: RawEvent[] }[] = [];
    for (const record of records) {
      const before = clockMs;
      clockMs = Math.max(clockMs, record.arrivalMs);
      const at = tick(Math.floor(clockMs / segmentMs));
      if (at >= stretch.leastTick) {
        marks.raised(at, place(after, before));
        let run = runs.at(-1);
        if (run?.tick !== at) {
          run = { judge: await judgeFor(rules, at), tick: at, events: [] };
          runs.push(run);
        }
        run.events.push(...unpack(record.data));
      }
      after = record.sequence;
    }
    for (const run of runs) {
      const columns = run.judge.scanner.scan(run.events);
      for (let index = 0; index < columns.events; index++) {
        if (columns.reasons[index] !== undefined || outOfBounds(columns, index, run.tick * segmentMs))
          continue;
        identities.see(columns.fingerprints, index, run.tick);
      }
    }
  }
};

const judgeFor = async (rules: RuleBook, at: Tick): Promise<Judge> => {
  if (rules.judgeAt(at) === null) await rules.prepare(at);
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
