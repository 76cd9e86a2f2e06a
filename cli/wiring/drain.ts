import type { Server } from "node:http";

/** Longer than a statement of SQL may take; a client that does not take its answer is cut off then. */
const DRAIN_MAX_MS = 25_000;
const LOOK_EVERY_MS = 50;

/** A fastify server. */
export interface Drainable {
  readonly server: Server;
  close(): PromiseLike<unknown>;
}

/**
 * Takes no more connections, answers what is under way, and ends each connection once nothing is under way on it. The
 * server's own hooks end the streams that would go on for ever.
 */
export const drain = async (app: Drainable, drainMaxMs = DRAIN_MAX_MS): Promise<void> => {
  // Connections that are kept alive would else be waited for until their clients let go.
  const idle = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS);
  const late = setTimeout(() => app.server.closeAllConnections(), drainMaxMs);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(late);
  }
};
