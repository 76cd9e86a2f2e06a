import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { type AddressInfo, createServer as createSocketServer, type Socket } from "node:net";

export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;

export interface HttpListener {
  /** http://127.0.0.1:PORT, for a client's `endpoint`. */
  readonly endpoint: string;
  /** Breaks what is open. */
  breakAll(): void;
  /** Breaks what is open, and listens no more. */
  close(): Promise<void>;
}

/** How an HTTP/2 connection begins, whoever knows beforehand that there is HTTP/2 (RFC 9113, 3.4). */
const HTTP2_PREFACE = "PRI * HTTP/2.0";

/**
 * Listens on 127.0.0.1, for HTTP/1.1 and for HTTP/2 without TLS on the same port: the SDK's default handler for Kinesis speaks the
 * latter. Port 0 takes a free one.
 */
export const listenToBoth = async (
  port: number,
  handle: (request: HttpRequest, response: HttpResponse) => void,
): Promise<HttpListener> => {
  const http1 = createServer(handle);
  const http2 = createHttp2Server(handle);
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.once("readable", () => {
      const start: Buffer | null = socket.read();
      if (start === null) return socket.destroy();
      socket.unshift(start);
      const speaks2 = start.toString("latin1", 0, HTTP2_PREFACE.length) === HTTP2_PREFACE;
      (speaks2 ? http2 : http1).emit("connection", socket);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    breakAll,
    async close() {
      const closed = once(server, "close");
      server.close();
      breakAll();
      await closed;
    },
  };
};

/** HTTP/2 breaks one stream, HTTP/1.1 its connection. */
export const breakOff = (request: HttpRequest): void => {
  if ("stream" in request) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else request.socket.destroy();
};
