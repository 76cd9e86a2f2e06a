import { once } from "node:events";
import { ConnectionLost } from "../errors.js";
import type { KinesisService } from "../service.js";
import {
  breakOff,
  type HttpListener,
  type HttpRequest,
  type HttpResponse,
  listenToBoth,
} from "./bothProtocols.js";
import { answer, type FrameSource, type Gate, type WireRequest } from "./wire.js";

export type KinesisServer = Pick<HttpListener, "endpoint" | "close">;

/** On 127.0.0.1; port 0 takes a free one. */
export const serveKinesis = (
  service: KinesisService,
  { port = 0, gate }: { readonly port?: number; readonly gate?: Gate } = {},
): Promise<KinesisServer> =>
  listenToBoth(port, (request, response) => {
    exchange(service, gate, request, response).catch(() => breakOff(request));
  });

const exchange = async (
  service: KinesisService,
  gate: Gate | undefined,
  request: HttpRequest,
  response: HttpResponse,
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

const stream = async (frames: FrameSource, response: HttpResponse, signal: AbortSignal): Promise<void> => {
  signal.addEventListener("abort", () => frames.cancel(), { once: true });
  if (signal.aborted) frames.cancel();
  for (let frame = await frames.next(); frame !== null; frame = await frames.next()) {
    // Overloads of the two responses' `write` do not meet; both take bytes.
    const isRoom = "stream" in response ? response.write(frame) : response.write(frame);
    if (!isRoom) await once(response, "drain", { signal });
  }
  response.end();
};

const headersOf = ({ headers }: HttpRequest): WireRequest["headers"] => {
  const authority = headers[":authority"];
  const plain = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(",") : value,
  ]);
  return { ...(typeof authority === "string" ? { host: authority } : {}), ...Object.fromEntries(plain) };
};

const bodyOf = async (request: HttpRequest): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
