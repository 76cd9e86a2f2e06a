import { systemClock } from "./clock.js";
import type { Batch, EventResult, SendResult, Transport } from "./transport.js";

export interface HttpTransportOptions {
  /** The collector's address, such as `https://events.example.com`. */
  readonly url: string;
  readonly key?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly epochMs?: () => number;
}

/** Sends batches to a collector's `POST /v1/events` as NDJSON. */
export const httpTransport = (options: HttpTransportOptions): Transport => {
  const { key, fetch = globalThis.fetch, epochMs = systemClock.epochMs } = options;
  const address = `${options.url.replace(/\/+$/, "")}/v1/events`;
  const headers: Record<string, string> = {
    "content-type": "application/x-ndjson",
    accept: "application/json",
  };
  if (key !== undefined) headers["authorization"] = `Bearer ${key}`;
  return {
    async send(batch, signal) {
      const response = await fetch(address, {
        method: "POST",
        headers,
        body: ndjson(batch),
        redirect: "manual",
        signal,
      });
      return readResponse(response, epochMs());
    },
  };
};

const NEWLINE = 0x0a;

const ndjson = (batch: Batch): Uint8Array<ArrayBuffer> => {
  const body = new Uint8Array(batch.bytes + batch.events.length);
  let at = 0;
  for (const { json } of batch.events) {
    body.set(json, at);
    at += json.length;
    body[at++] = NEWLINE;
  }
  return body;
};

const readResponse = async (response: Response, nowMs: number): Promise<SendResult> => {
  const { status } = response;
  const text = await response.text();
  if (status === 200 || status === 207) {
    const results = parseResults(text);
    return results
      ? { kind: "results", results }
      : { kind: "retry", afterMs: null, detail: "an answer without outcomes" };
  }
  const detail = `HTTP ${status} ${problemOf(text)}`.trim();
  if (status === 413) return { kind: "too_large", detail };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { kind: "retry", afterMs: retryAfterMs(response.headers.get("retry-after"), nowMs), detail };
  }
  return { kind: "refused", detail };
};

/** Seconds or an HTTP date, as RFC 9110 section 10.2.3 has it. */
export const retryAfterMs = (header: string | null, nowMs: number): number | null => {
  if (header === null) return null;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const DETAIL_CHARACTERS_MAX = 200;

const problemOf = (text: string): string => {
  const problem = parseJson(text) as { readonly detail?: unknown; readonly title?: unknown } | null;
  const said = [problem?.detail, problem?.title].find((part) => typeof part === "string");
  return (said ?? text).slice(0, DETAIL_CHARACTERS_MAX);
};

const parseResults = (text: string): EventResult[] | null => {
  const answer = parseJson(text) as { readonly outcomes?: unknown } | null;
  if (!Array.isArray(answer?.outcomes)) return null;
  const results = answer.outcomes.map(parseResult);
  return results.every((result) => result !== null) ? results : null;
};

const parseResult = (value: unknown): EventResult | null => {
  const outcome = value as { readonly [name: string]: unknown } | null;
  switch (outcome?.["status"]) {
    case "stored":
    case "spooled":
      return { kind: "stored" };
    case "rejected":
      return { kind: "rejected", reason: String(outcome["reason"]), detail: String(outcome["detail"]) };
    case "throttled":
      return { kind: "retry", afterMs: Number(outcome["retryAfterMs"]) || null };
    default:
      return null;
  }
};
