import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { systemClock } from "@freshet/sdk";
import { describe, expect, it } from "vitest";
import { createSimulatedKinesis } from "../simulatedKinesis.js";
import { createRequestHandler } from "./requestHandler.js";
import { serveKinesis } from "./httpServer.js";
import { createGate } from "./signature.js";

const KEY = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "right" };
const region = "eu-central-1";
const { service } = createSimulatedKinesis({ seed: 1, clock: systemClock });
const gate = createGate({ ...KEY, nowMs: () => Date.now() });
const requestHandler = createRequestHandler(service, systemClock, { gate });
const list = (options: ConstructorParameters<typeof KinesisClient>[0]) =>
  new KinesisClient({ region, requestHandler, maxAttempts: 1, ...options }).send(new ListStreamsCommand());

describe("the gate", () => {
  it("lets in what the SDK signed with the right key, with and without a socket", async () => {
    await expect(list({ credentials: KEY })).resolves.toMatchObject({ StreamNames: [] });
    const server = await serveKinesis(service, { gate });
    const client = new KinesisClient({ region, credentials: KEY, endpoint: server.endpoint });
    await expect(client.send(new ListStreamsCommand())).resolves.toMatchObject({ StreamNames: [] });
    client.destroy();
    await server.close();
  });

  it("says which is wrong: the key, the secret, the clock", async () => {
    await expect(list({ credentials: { ...KEY, accessKeyId: "other" } })).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    await expect(list({ credentials: { ...KEY, secretAccessKey: "wrong" } })).rejects.toThrow(
      "The request signature we calculated does not match",
    );
    const hour = 3_600_000;
    await expect(list({ credentials: KEY, systemClockOffset: -hour })).rejects.toThrow("Signature expired");
  });
});
