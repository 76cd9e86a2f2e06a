import { type Connections, createConnections } from "./connections.js";
import type { LoadBatch, LoadTarget, LoadVerdict } from "../target.js";

export interface HttpTargetOptions {
  /** The collector's address, such as `http://127.0.0.1:4600`. */
  readonly url: string;
  readonly key?: string;
  /** Requests under way at one time are at most this many; more wait, and their wait counts. */
  readonly connectionsMax?: number;
}

const CONNECTIONS_MAX = 64;
const RETRY_AFTER_MS = 1_000;
const STORED: LoadVerdict = { kind: "stored" };
const REJECTED: LoadVerdict = { kind: "rejected" };

const all = ({ starts }: LoadBatch, verdict: LoadVerdict): readonly LoadVerdict[] =>
  Array.from({ length: starts.length - 1 }, () => verdict);

const verdictOf = (outcome: Readonly<Record<string, unknown>>): LoadVerdict => {
  switch (outcome["status"]) {
    case "stored":
    case "spooled":
      return STORED;
    case "rejected":
      return REJECTED;
    case "throttled":
      return { kind: "throttled", afterMs: Number(outcome["retryAfterMs"]) || RETRY_AFTER_MS };
    default:
      return { kind: "failed", detail: `an outcome without a status: ${JSON.stringify(outcome)}` };
  }
};

const outcomesOf = (batch: LoadBatch, text: string): readonly LoadVerdict[] => {
  const { outcomes } = JSON.parse(text) as { outcomes?: readonly Record<string, unknown>[] };
  if (outcomes?.length !== batch.starts.length - 1)
    return all(batch, { kind: "failed", detail: "an answer without an outcome for every event" });
  return outcomes.map(verdictOf);
};

/** Posts batches to a collector's `POST /v1/events` as NDJSON, as they are: no batching, no retry of its own. */
export const httpTarget = ({ url, key, connectionsMax = CONNECTIONS_MAX }: HttpTargetOptions): LoadTarget => {
  const connections: Connections = createConnections(`${url.replace(/\/+$/, "")}/v1/events`, connectionsMax);
  const headers = {
    "content-type": "application/x-ndjson",
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  return {
    name: `HTTP ${url}`,
    keepsPartitionKeys: false,
    takesBadText: true,
    async send(batch) {
      try {
        const { status, retryAfterMs, text } = await connections.post(batch.bytes, headers);
        if (status === 200 || status === 207) return outcomesOf(batch, text);
        if (status === 429 || status === 503)
          return all(batch, { kind: "throttled", afterMs: retryAfterMs ?? RETRY_AFTER_MS });
        return all(batch, { kind: "failed", detail: `HTTP ${status} ${text.slice(0, 200)}` });
      } catch (error) {
        return all(batch, { kind: "failed", detail: error instanceof Error ? error.message : String(error) });
      }
    },
    close: () => connections.close(),
  };
};
