import type {
  ExpectedAnswer,
  MetricsAnswer,
  SeriesAnswer,
  StatusAnswer,
  TopAnswer,
  ValueAnswer,
} from "./answers.js";
import { followLive } from "./live/followLive.js";
import { latest } from "./live/latest.js";
import { badAnswer, readProblem, UnreachableError } from "./problem.js";
import {
  type ExpectedQuestion,
  queryText,
  type SeriesQuestion,
  type TopQuestion,
  type ValueQuestion,
  type Values,
} from "./questions.js";

export interface ClientOptions {
  /** The server's address, such as `https://trends.example.com`. */
  readonly url: string;
  /** A key with the scope `read`. */
  readonly key?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** A number from 0 to 1; only the time between attempts depends on it. */
  readonly random?: (() => number) | undefined;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface LiveOptions extends AskOptions {
  /** Told when the line opens (the last answer is current then) and when it is lost; it is opened again by itself. */
  readonly onLine?: ((state: "open" | "lost") => void) | undefined;
}

/**
 * Asks a Freshet server. @throws ProblemError for what the server refuses, UnreachableError when no answer comes, and the
 * signal's reason when it is aborted.
 */
export interface Client {
  metrics(options?: AskOptions): Promise<MetricsAnswer>;
  top(metric: string, question?: TopQuestion, options?: AskOptions): Promise<TopAnswer>;
  series(metric: string, question: SeriesQuestion, options?: AskOptions): Promise<SeriesAnswer>;
  value(metric: string, question: ValueQuestion, options?: AskOptions): Promise<ValueAnswer>;
  expected(metric: string, question: ExpectedQuestion, options?: AskOptions): Promise<ExpectedAnswer>;
  status(options?: AskOptions): Promise<StatusAnswer>;
  /**
   * The answer now and whenever it is other than before, whole each time; a slow reader gets the newest. A lost line is
   * opened again and resumed: only what the server refuses for good ends it.
   */
  readonly live: {
    top(metric: string, question?: TopQuestion, options?: LiveOptions): AsyncIterable<TopAnswer>;
    series(metric: string, question: SeriesQuestion, options?: LiveOptions): AsyncIterable<SeriesAnswer>;
  };
}

export const createClient = (options: ClientOptions): Client => {
  const { key, fetch = globalThis.fetch, random } = options;
  const base = options.url.replace(/\/+$/, "");
  const headers: Readonly<Record<string, string>> =
    key === undefined ? {} : { authorization: `Bearer ${key}` };
  const addressOf = (path: string, question: Values): string => {
    const query = queryText(question);
    return `${base}${path}${query === "" ? "" : `?${query}`}`;
  };

  const ask = async <Answer>(
    path: string,
    question: Values,
    { signal }: AskOptions = {},
  ): Promise<Answer> => {
    const address = addressOf(path, question);
    const unreachable = (cause: unknown): never => {
      signal?.throwIfAborted();
      throw new UnreachableError(address, cause);
    };
    const init = { headers: { accept: "application/json", ...headers }, ...(signal ? { signal } : {}) };
    const response = await fetch(address, init).catch(unreachable);
    if (!response.ok) throw await readProblem(response);
    const text = await response.text().catch(unreachable);
    try {
      return JSON.parse(text) as Answer;
    } catch {
      throw badAnswer(response);
    }
  };
  const follow = <Answer extends object>(question: Values, { signal, onLine }: LiveOptions = {}) =>
    latest<Answer>(
      (listener) =>
        followLive<Answer>(
          { address: addressOf("/v1/live", question), headers: () => headers, fetch, random },
          { ...listener, open: () => onLine?.("open"), lost: () => onLine?.("lost") },
        ),
      signal,
    );
  const of = (metric: string, kind: string): string => `/v1/metrics/${encodeURIComponent(metric)}/${kind}`;

  return {
    metrics: (how) => ask("/v1/metrics", {}, how),
    top: (metric, question = {}, how) => ask(of(metric, "top"), question, how),
    series: (metric, question, how) => ask(of(metric, "series"), question, how),
    value: (metric, question, how) => ask(of(metric, "value"), question, how),
    expected: (metric, question, how) => ask(of(metric, "expected"), question, how),
    status: (how) => ask("/v1/status", {}, how),
    live: {
      top: (metric, question = {}, how) => follow({ ...question, kind: "top", metric }, how),
      series: (metric, question, how) => follow({ ...question, kind: "series", metric }, how),
    },
  };
};
