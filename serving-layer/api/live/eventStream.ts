import type { ServerResponse } from "node:http";
import type { LiveMessage } from "./topics.js";

/** A client that takes nothing for this long is let go; it resumes when it is back. */
const STALLED_AFTER_MS = 60_000;
const RECONNECT_AFTER_MS = 1_000;

/** One client's stream. A slow client keeps at most one answer waiting: the newest replaces it. */
export interface EventStream {
  send(message: LiveMessage): void;
  /** The last word: what went wrong, as a problem. */
  fail(problem: string): void;
  end(): void;
}

export const openEventStream = (
  response: ServerResponse,
  settings: { readonly heartbeatEveryMs: number; readonly closed: () => void },
): EventStream => {
  let draining = false;
  let waiting: LiveMessage | null = null;
  let stalled: NodeJS.Timeout | null = null;
  let ended = false;

  const write = (text: string): void => {
    if (ended) return;
    draining = !response.write(text);
    if (draining) stalled ??= setTimeout(() => response.destroy(), STALLED_AFTER_MS);
  };
  const frame = ({ id, data }: LiveMessage): string => `id: ${id}\nevent: answer\ndata: ${data}\n\n`;
  const heartbeat = setInterval(() => {
    if (!draining) write(": heartbeat\n\n");
  }, settings.heartbeatEveryMs);
  const stop = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    if (stalled) clearTimeout(stalled);
    settings.closed();
  };

  response.on("drain", () => {
    draining = false;
    if (stalled) clearTimeout(stalled);
    stalled = null;
    const next = waiting;
    waiting = null;
    if (next) write(frame(next));
  });
  response.on("close", stop);
  response.on("error", stop);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  write(`retry: ${RECONNECT_AFTER_MS}\n\n`);

  return {
    send(message) {
      if (draining) waiting = message;
      else write(frame(message));
    },
    fail(problem) {
      write(`event: problem\ndata: ${problem}\n\n`);
      response.end();
      stop();
    },
    end() {
      response.end();
      stop();
    },
  };
};
