import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { LiveUpdate } from "./liveUpdate.js";

/** A client that takes nothing for this long is let go; it resumes when it is back. */
const STALLED_AFTER_MS = 60_000;
const RECONNECT_AFTER_MS = 1_000;

/** One client's stream. Nothing is kept for a slow client but which answer it holds: it is told the newest since then. */
export interface EventStream {
  send(update: LiveUpdate): void;
  /** The last word: what went wrong, as a problem. */
  fail(problem: string): void;
  end(): void;
}

export interface EventStreamSettings {
  readonly heartbeatEveryMs: number;
  /** The answer that the client says it holds. */
  readonly heldId: string | null;
  readonly headers: OutgoingHttpHeaders;
}

export const openEventStream = (response: ServerResponse, settings: EventStreamSettings): EventStream => {
  let { heldId } = settings;
  let newest: LiveUpdate | null = null;
  let draining = false;
  let stalled: NodeJS.Timeout | null = null;

  const write = (text: string | Buffer): void => {
    if (response.writableEnded) return;
    draining = !response.write(text);
    if (draining) stalled ??= setTimeout(() => response.destroy(), STALLED_AFTER_MS);
  };
  const tell = (): void => {
    if (draining || newest === null) return;
    const event = newest.since(heldId);
    heldId = newest.id;
    newest = null;
    if (event) write(event);
  };
  const heartbeat = setInterval(() => {
    if (!draining) write(": heartbeat\n\n");
  }, settings.heartbeatEveryMs);
  const taken = (): void => {
    if (stalled) clearTimeout(stalled);
    stalled = null;
    draining = false;
  };
  const end = (): void => {
    clearInterval(heartbeat);
    response.end();
  };

  response.on("drain", () => {
    taken();
    tell();
  });
  response.on("close", () => {
    clearInterval(heartbeat);
    taken();
  });
  // A client that breaks off is no failure of ours: "close" follows.
  response.on("error", () => undefined);
  response.writeHead(200, {
    ...settings.headers,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  write(`retry: ${RECONNECT_AFTER_MS}\n\n`);

  return {
    send(update) {
      newest = update;
      tell();
    },
    fail(problem) {
      write(`event: problem\ndata: ${problem}\n\n`);
      end();
    },
    end,
  };
};
