import type { Pending } from "./pending.js";
import type { Position, SendResult } from "./transport.js";

export interface RetrySettings {
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

const DOUBLINGS_MAX = 30;

/**
 * Exponential back-off with full jitter: uniform in [0, min(max, base * 2^(attempt - 1))], after what the receiver asks for.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const retryDelayMs = (
  attempt: number,
  afterMs: number | null,
  settings: RetrySettings,
  fraction: number,
): number => {
  const doubled = settings.retryBaseMs * 2 ** Math.min(attempt - 1, DOUBLINGS_MAX);
  return (afterMs ?? 0) + fraction * Math.min(settings.retryMaxMs, doubled);
};

export type Verdict =
  | { readonly kind: "stored"; readonly position?: Position }
  | { readonly kind: "rejected"; readonly reason: string; readonly detail: string }
  | { readonly kind: "refused"; readonly detail: string }
  | { readonly kind: "again" };

export interface Judgement {
  /** One an event, in order. */
  readonly verdicts: readonly Verdict[];
  readonly afterMs: number | null;
  readonly detail: string;
  /** The rest goes again in halves. */
  readonly split: boolean;
}

const AGAIN: Verdict = { kind: "again" };
const every = (batch: readonly Pending[], verdict: Verdict): Verdict[] => batch.map(() => verdict);

/** Whether each event of a batch is done, or goes again. */
export const judge = (batch: readonly Pending[], result: SendResult): Judgement => {
  switch (result.kind) {
    case "results": {
      if (result.results.length !== batch.length) {
        const detail = `${result.results.length} results for ${batch.length} events`;
        return { verdicts: every(batch, AGAIN), afterMs: null, detail, split: false };
      }
      let afterMs: number | null = null;
      let detail: string | null = null;
      const verdicts = result.results.map((one): Verdict => {
        if (one.kind !== "retry") return one;
        detail ??= one.detail ?? null;
        if (one.afterMs !== null) afterMs = Math.max(afterMs ?? 0, one.afterMs);
        return AGAIN;
      });
      return { verdicts, afterMs, detail: detail ?? "not taken yet", split: false };
    }
    case "retry":
      return { verdicts: every(batch, AGAIN), afterMs: result.afterMs, detail: result.detail, split: false };
    case "too_large":
      if (batch.length > 1)
        return { verdicts: every(batch, AGAIN), afterMs: 0, detail: result.detail, split: true };
      return {
        verdicts: every(batch, { kind: "rejected", reason: "too_large", detail: result.detail }),
        afterMs: null,
        detail: result.detail,
        split: false,
      };
    case "refused":
      return {
        verdicts: every(batch, { kind: "refused", detail: result.detail }),
        afterMs: null,
        detail: result.detail,
        split: false,
      };
    default:
      return unreachable(result);
  }
};

const unreachable = (value: never): never => {
  throw new Error(`not a send result: ${JSON.stringify(value)}`);
};
