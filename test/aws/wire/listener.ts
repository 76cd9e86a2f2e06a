import { breakOff, type HttpRequest, type HttpResponse } from "@freshet/simulators";

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

const bodyOf = async (request: HttpRequest): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const headersOf = ({ headers }: HttpRequest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !name.startsWith(":"))
      .map(([name, value]) => [name, String(value)]),
  );

/** Overloads of the two responses' `write` do not meet; both take bytes. */
const write = (response: HttpResponse, chunk: Uint8Array): void => {
  if ("stream" in response) response.write(chunk);
  else response.write(chunk);
};

const exchange = async (
  handler: RequestHandler,
  request: HttpRequest,
  response: HttpResponse,
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
    const left = new Promise<void>((resolve) => response.on("close", resolve));
    const chunks = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    void left.then(() => chunks.return?.());
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) write(response, next.value);
    response.end();
  }
};

/** Puts what answers an SDK client without a socket behind one. Where it gives no answer, the connection breaks. */
export const listenTo =
  (handler: RequestHandler) =>
  (request: HttpRequest, response: HttpResponse): void => {
    exchange(handler, request, response).catch(() => breakOff(request));
  };
