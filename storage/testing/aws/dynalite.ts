import { once } from "node:events";
import { createRequire } from "node:module";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

type Dynalite = (options: { readonly createTableMs: number; readonly deleteTableMs: number }) => Server;

/** A DynamoDB in this process, for who makes it listen or hands it requests. */
export const createDynalite = (): Server => {
  const dynalite = createRequire(import.meta.url)("dynalite") as Dynalite;
  return dynalite({ createTableMs: 0, deleteTableMs: 0 });
};

/** A DynamoDB in this process while the tests of a file run; ask for its endpoint inside a test. */
export const dynaliteForTests = (): (() => string) => {
  let server: Server;
  beforeAll(async () => {
    server = createDynalite();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
