import type { AppDocument, EpochMs } from "@freshet/model";
import { type AppendOutcome, type Outcomes, outcomesOf, type ShardLog } from "@freshet/storage";
import type { IntakeEvents } from "./event.js";
import { compileJudgeMany, type JudgeMany, type Rejection } from "./judgeMany.js";
import type { IntakeOutcome } from "./outcome.js";

export interface AcceptOptions {
  /** Only trusted callers (this process, a replay) may set the marks that widen an event's time bounds. */
  readonly trusted: boolean;
  /** A virtual arrival clock's stamps, one an event; the log's own clock where absent. */
  readonly arrivalMs?: readonly EpochMs[];
}

/** The one way in: every event that arrives gets a position in the log, good or bad, and its sender is told which. */
export interface Intake {
  /**
   * One outcome an event, in order. Nothing that is `stored` or `rejected` can be lost any more.
   * @throws TypeError for an object that is no JSON; StorageError when the log cannot be written: then what became of the
   * events is not known, and the same ones may be sent again.
   */
  accept(events: IntakeEvents, options: AcceptOptions): Promise<Outcomes<IntakeOutcome>>;
}

export interface IntakeOptions {
  readonly log: ShardLog;
  /** The newest revision; a function is asked with every call, and the same document is compiled once. */
  readonly app: AppDocument | (() => AppDocument);
  readonly now: () => number;
}

export const createIntake = ({ log, app, now }: IntakeOptions): Intake => {
  const current = typeof app === "function" ? app : () => app;
  let judge: JudgeMany | null = null;
  const judgeNow = (): JudgeMany => {
    const document = current();
    if (judge?.app !== document) judge = compileJudgeMany(document, log.identity.segmentMs);
    return judge;
  };
  return {
    // It awaits nothing: so no event is kept while the log commits. oxlint-disable-next-line require-await
    async accept(events, { trusted, arrivalMs }) {
      if (events.length === 0) return outcomesOf<IntakeOutcome>([]);
      const judgement = judgeNow();
      const nowMs = now();
      const { spans, rejections } = judgement.judge(events, trusted, (index) => arrivalMs?.[index] ?? nowMs);
      const appended = log.appendSpans({ ...spans, arrivalMs });
      return rejections.size === 0
        ? appended
        : appended.then((outcomes) => withRejections(outcomes, rejections));
    },
  };
};

const withRejections = (
  { count, at }: Outcomes<AppendOutcome>,
  rejections: ReadonlyMap<number, Rejection>,
): Outcomes<IntakeOutcome> => ({
  count,
  areStored: false,
  at(index) {
    const outcome = at(index);
    const rejection = rejections.get(index);
    if (outcome.kind === "throttled" || rejection === undefined) return outcome;
    const { shard, sequence } = outcome;
    return { kind: "rejected", ...rejection, shard, sequence };
  },
});
