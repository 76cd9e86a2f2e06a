import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { type AddressInfo, createServer as createSocketServer, type Socket } from "node:net";
import { ConnectionLost } from "../errors.js";
import type { KinesisService } from "../service.js";
import { answer, type FrameSource, type Gate, type WireRequest } from "./wire.js";

export interface KinesisServer {
  /** http://127.0.0.1:PORT, for a client's `endpoint`. */
  readonly endpoint: string;
  /** Breaks what is open. */
  close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** How an HTTP/2 connection begins, whoever knows beforehand that there is HTTP/2 (RFC 9113, 3.4). */
const HTTP2_PREFACE = "PRI * HTTP/2.0";

/**
 * Listens on 127.0.0.1, for HTTP/1.1 and for HTTP/2 without TLS on the same port: the SDK's default handler for Kinesis speaks the
 * latter. Port 0 takes a free one.
 */
export const serveKinesis = async (
  service: KinesisService,
  { port = 0, gate }: { readonly port?: number; readonly gate?: Gate } = {},
): Promise<KinesisServer> => {
  const handle = (request: Request, response: Response): void => {
    exchange(service, gate, request, response).catch(() => breakOff(request));
  };
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
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const exchange = async (
  service: KinesisService,
  gate: Gate | undefined,
  request: Request,
  response: Response,
): Promise<void> => {
  const controller = new AbortController();
  response.on("close", () => controller.abort(new ConnectionLost()));
  const wireRequest: WireRequest = {
    headers: headersOf(request),
    path: request.url ?? "/",
    body: await bodyOf(request),
    signal: controller.signal,
  };
  const { status, headers, body } = await answer(service, wireRequest, gate);
  response.writeHead(status, headers);
  if (body instanceof Uint8Array) response.end(body);
  else await stream(body, response, controller.signal);
};

const stream = async (frames: FrameSource, response: Response, signal: AbortSignal): Promise<void> => {
  signal.addEventListener("abort", () => frames.cancel(), { once: true });
  if (signal.aborted) frames.cancel();
  for (let frame = await frames.next(); frame !== null; frame = await frames.next()) {
    // Overloads of the two responses' `write` do not meet; both take bytes.
    const isRoom = "stream" in response ? response.write(frame) : response.write(frame);
    if (!isRoom) await once(response, "drain", { signal });
  }
  response.end();
};

const headersOf = ({ headers }: Request): WireRequest["headers"] => {
  const authority = headers[":authority"];
  const plain = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(",") : value,
  ]);
  return { ...(typeof authority === "string" ? { host: authority } : {}), ...Object.fromEntries(plain) };
};

const bodyOf = async (request: Request): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** HTTP/2 breaks one stream, HTTP/1.1 its connection. */
const breakOff = (request: Request): void => {
  if ("stream" in request) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else request.socket.destroy();
};
