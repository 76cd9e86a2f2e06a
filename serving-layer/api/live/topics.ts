import {
  concatMap,
  defer,
  delay,
  distinctUntilChanged,
  filter,
  finalize,
  Observable,
  ReplaySubject,
  scan,
  share,
  startWith,
  Subject,
  takeUntil,
  throttle,
} from "rxjs";
import type { LiveAnswer, LiveQuestion, Reader } from "../../reader/reader.js";
import { firstUpdate, type LiveUpdate } from "./liveUpdate.js";

/** Followed questions: each is answered once for all who follow it, and only told when its answer changed. */
export interface Topics {
  /** The newest answer and each later one, as long as somebody follows. Null: too many questions are followed. */
  follow(question: LiveQuestion): Observable<LiveUpdate> | null;
  /** Completes all that are followed. */
  close(): void;
}

const QUESTIONS_MAX = 500;

const ask = (reader: Reader, { kind, metric, question }: LiveQuestion): Promise<LiveAnswer> =>
  kind === "top" ? reader.top(metric, question) : reader.series(metric, question);

/** Answers now and after each change, one at a time: a change meanwhile is answered once this one is told and time has passed. */
const answers = (reader: Reader, question: LiveQuestion, answerEveryMs: number): Observable<LiveAnswer> =>
  defer(() => {
    const answered = new Subject<void>();
    return new Observable<void>((changes) => reader.onChange(() => changes.next())).pipe(
      startWith(undefined),
      throttle(() => answered.pipe(delay(answerEveryMs)), { leading: true, trailing: true }),
      concatMap(() => ask(reader, question).finally(() => answered.next())),
    );
  });

/** @param answerEveryMs the least time between two answers to one question */
export const createTopics = (reader: Reader, answerEveryMs: number): Topics => {
  const topics = new Map<string, Observable<LiveUpdate>>();
  const closed = new Subject<void>();

  const open = (name: string, question: LiveQuestion): Observable<LiveUpdate> =>
    answers(reader, question, answerEveryMs).pipe(
      scan((update: LiveUpdate | null, answer) => update?.next(answer) ?? firstUpdate(answer), null),
      filter((update) => update !== null),
      distinctUntilChanged(),
      takeUntil(closed),
      finalize(() => topics.delete(name)),
      share({ connector: () => new ReplaySubject<LiveUpdate>(1) }),
    );

  return {
    follow(question) {
      const name = JSON.stringify(question);
      const standing = topics.get(name);
      if (standing) return standing;
      if (topics.size >= QUESTIONS_MAX) return null;
      const topic = open(name, question);
      topics.set(name, topic);
      return topic;
    },
    close: () => closed.next(),
  };
};
