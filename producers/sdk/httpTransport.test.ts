import { describe, expect, it } from "vitest";
import { httpTransport, retryAfterMs } from "./httpTransport.js";
import type { Batch } from "./transport.js";

const NOW_MS = Date.parse("2026-03-01T00:00:00Z");

const batchOf = (...texts: string[]): Batch => {
  const events = texts.map((text) => ({
    type: "order",
    id: text,
    timeMs: 0,
    partitionKey: text,
    json: new TextEncoder().encode(JSON.stringify({ id: text })),
  }));
  return { events, bytes: events.reduce((sum, { json }) => sum + json.length, 0) };
};

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const calls: { readonly url: string; readonly init: RequestInit }[] = [];
  const transport = httpTransport({
    url: "https://events.example.com/",
    key: "secret",
    epochMs: () => NOW_MS,
    async fetch(url, init) {
      calls.push({ url: url as string, init: init as RequestInit });
      return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
    },
  });
  return { calls, send: (batch: Batch) => transport.send(batch, new AbortController().signal) };
};

describe("the HTTP transport", () => {
  it("posts events as NDJSON, with the key, and reads one result an event", async () => {
    const { calls, send } = answering(207, {
      outcomes: [
        { status: "stored" },
        {
          status: "rejected",
          reason: "missing_field",
          detail: "n: expected integer",
          shard: "s",
          sequence: "1",
        },
        { status: "throttled", retryAfterMs: 40 },
      ],
    });
    expect(await send(batchOf("a", "é", "c"))).toEqual({
      kind: "results",
      results: [
        { kind: "stored" },
        { kind: "rejected", reason: "missing_field", detail: "n: expected integer" },
        { kind: "retry", afterMs: 40 },
      ],
    });
    expect(calls[0]?.url).toBe("https://events.example.com/v1/events");
    expect(calls[0]?.init.headers).toMatchObject({
      authorization: "Bearer secret",
      "content-type": "application/x-ndjson",
    });
    expect(new TextDecoder().decode(calls[0]?.init.body as Uint8Array<ArrayBuffer>)).toBe(
      '{"id":"a"}\n{"id":"é"}\n{"id":"c"}\n',
    );
  });

  it.each([
    [200, "<html>a proxy's page</html>", "retry"],
    [200, { outcomes: [{ status: "whatever" }] }, "retry"],
    [301, "moved", "refused"],
    [400, { detail: "not JSON" }, "refused"],
    [401, { detail: "no key" }, "refused"],
    [404, "nothing here", "refused"],
    [408, "", "retry"],
    [413, { title: "Content too large" }, "too_large"],
    [415, "", "refused"],
    [429, "", "retry"],
    [500, "", "retry"],
    [503, "", "retry"],
  ])("takes HTTP %i with %j for %s", async (status, body, kind) => {
    const fetched = answering(status, body);
    expect((await fetched.send(batchOf("a"))).kind).toBe(kind);
  });

  it("waits as long as the collector asks, in seconds or until a date", async () => {
    expect(
      await answering(503, { detail: "the log is full" }, { "retry-after": "7" }).send(batchOf("a")),
    ).toEqual({
      kind: "retry",
      afterMs: 7000,
      detail: "HTTP 503 the log is full",
    });
    expect(retryAfterMs("Sun, 01 Mar 2026 00:00:30 GMT", NOW_MS)).toBe(30_000);
    expect(retryAfterMs("Sat, 28 Feb 2026 00:00:30 GMT", NOW_MS)).toBe(0);
    expect(retryAfterMs("soon", NOW_MS)).toBe(null);
    expect(retryAfterMs(null, NOW_MS)).toBe(null);
  });
});
