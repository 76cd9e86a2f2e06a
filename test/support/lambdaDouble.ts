import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface LambdaDouble {
  readonly endpoint: string;
  /** What it answers from now on. */
  mappings: readonly object[];
  close(): Promise<void>;
}

/** Lambda's ListEventSourceMappings, and nothing else of it (REST, version 2015-03-31). */
export const startLambdaDouble = async (): Promise<LambdaDouble> => {
  const double = { mappings: [] as readonly object[] };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://lambda.invalid");
    const isAsked = pathname === "/2015-03-31/event-source-mappings" && searchParams.get("FunctionName");
    response
      .writeHead(isAsked ? 200 : 404, { "content-type": "application/json" })
      .end(JSON.stringify(isAsked ? { EventSourceMappings: double.mappings } : {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(double, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
};
