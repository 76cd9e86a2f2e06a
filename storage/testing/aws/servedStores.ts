import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { storeTable } from "../../aws/table/definition.js";
import { createDynalite } from "./dynalite.js";
import type { HandledRequest } from "./handler.js";
import { createMemoryS3 } from "./s3/memoryS3.js";
import type { Bucket } from "./s3/objects.js";
import { TEST_CREDENTIALS, TEST_REGION } from "./testTable.js";

export interface ServedStoresOptions {
  /** Of the table and of the bucket. */
  readonly name: string;
  /** How far the services' clocks are ahead of this machine's, as their answers' `Date` tells. */
  readonly aheadMs?: number;
  /** Whoever signs with another key is refused, as AWS refuses it. */
  readonly accessKeyId?: string;
}

export interface ServedStores {
  readonly dynamo: string;
  readonly s3: string;
  readonly bucket: Bucket;
  /** A table with other keys than Freshet's. */
  makeForeignTable(name: string): Promise<void>;
  close(): Promise<void>;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

const listenLocally = async (server: Server): Promise<string> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const closeServer = async (server: Server): Promise<void> => {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** dynalite knows no expiry: that of the table is switched on. */
const EXPIRY = "DescribeTimeToLive";
const EXPIRES = { TimeToLiveDescription: { AttributeName: "expires", TimeToLiveStatus: "ENABLED" } };
const UNKNOWN_KEY = {
  __type: "com.amazon.coral.service#UnrecognizedClientException",
  message: "The security token included in the request is invalid.",
};

const sendJson = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));

const isSignedBy = (request: IncomingMessage, accessKeyId: string | undefined): boolean =>
  accessKeyId === undefined || (request.headers.authorization ?? "").includes(`Credential=${accessKeyId}/`);

const dynamoServer = ({ aheadMs = 0, accessKeyId }: ServedStoresOptions): Server => {
  const server = createDynalite();
  const inner = server.listeners("request") as Handle[];
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    response.setHeader("date", new Date(Date.now() + aheadMs).toUTCString());
    if (!isSignedBy(request, accessKeyId)) return sendJson(response, 400, UNKNOWN_KEY);
    if (String(request.headers["x-amz-target"]).endsWith(EXPIRY)) return sendJson(response, 200, EXPIRES);
    for (const handle of inner) handle(request, response);
  });
  return server;
};

const s3Server = (
  { handle }: ReturnType<typeof createMemoryS3>["handler"],
  { accessKeyId }: ServedStoresOptions,
): Server =>
  createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (!isSignedBy(request, accessKeyId)) return void response.writeHead(403).end();
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://s3.invalid");
      const handled = await handle({
        method: request.method ?? "GET",
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: request.headers as HandledRequest["headers"],
        body: await bodyOf(request),
      });
      const { statusCode, headers, body } = handled.response;
      response.writeHead(statusCode, headers);
      (body as Readable).pipe(response);
    };
    answer().catch((error: Error) => request.socket.destroy(error));
  });

/** A DynamoDB and an S3 in this process, on 127.0.0.1, with a table and a bucket: for commands in processes of their own. */
export const serveStores = async (options: ServedStoresOptions): Promise<ServedStores> => {
  const { handler, bucket } = createMemoryS3(options.name);
  const servers = { dynamo: dynamoServer(options), s3: s3Server(handler, options) };
  const [dynamo, s3] = [await listenLocally(servers.dynamo), await listenLocally(servers.s3)];
  const make = async (table: ConstructorParameters<typeof CreateTableCommand>[0]): Promise<void> => {
    const credentials = {
      ...TEST_CREDENTIALS,
      ...(options.accessKeyId && { accessKeyId: options.accessKeyId }),
    };
    const client = new DynamoDBClient({ region: TEST_REGION, endpoint: dynamo, credentials });
    await client.send(new CreateTableCommand(table));
    client.destroy();
  };
  await make(storeTable(options.name));
  return {
    dynamo,
    s3,
    bucket: bucket(options.name),
    makeForeignTable: (name) =>
      make({
        ...storeTable(name),
        AttributeDefinitions: [{ AttributeName: "leaseKey", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "leaseKey", KeyType: "HASH" }],
      }),
    async close() {
      for (const server of Object.values(servers)) await closeServer(server);
    },
  };
};
