import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

type Dynalite = (options: { readonly createTableMs: number }) => Server;

/** A DynamoDB in this process for the tests of a file; ask for its client inside a test. */
export const dynaliteForTests = (): (() => DynamoDBClient) => {
  let server: Server;
  let client: DynamoDBClient;
  beforeAll(async () => {
    const dynalite = createRequire(import.meta.url)("dynalite") as Dynalite;
    server = dynalite({ createTableMs: 0 });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "k", secretAccessKey: "s" },
    });
  });
  afterAll(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return () => client;
};
