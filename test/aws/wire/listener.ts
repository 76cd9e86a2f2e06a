import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

interface Handled {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
}

/** What an SDK client can be given in place of a socket. */
interface RequestHandler {
  handle(request: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Record<string, string>;
    readonly body: Buffer;
  }): Promise<Handled>;
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const exchange = async (
  handler: RequestHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://wire.invalid");
  const { response: answer } = await handler.handle({
    method: request.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: headersOf(request),
    body: await bodyOf(request),
  });
  response.writeHead(answer.statusCode, { ...answer.headers });
  if (answer.body instanceof Uint8Array) response.end(answer.body);
  else {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) response.write(chunk);
    response.end();
  }
};

/** Puts what answers an SDK client without a socket behind one. Where it gives no answer, the connection breaks. */
export const listenTo =
  (handler: RequestHandler): RequestListener =>
  (request, response) => {
    exchange(handler, request, response).catch(() => request.socket.destroy());
  };
