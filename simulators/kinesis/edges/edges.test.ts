import { KinesisClient } from "@aws-sdk/client-kinesis";
import { systemClock } from "@freshet/sdk";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describeKinesis } from "../kinesis.contract.js";
import { UNTHROTTLED } from "../limits.js";
import { createSimulatedKinesis } from "../simulatedKinesis.js";
import { serveKinesis } from "./httpServer.js";
import { createRequestHandler } from "./requestHandler.js";

const account = { region: "us-east-1", credentials: { accessKeyId: "k", secretAccessKey: "s" } };
const kinesis = () =>
  createSimulatedKinesis({ seed: 1, clock: systemClock, limits: UNTHROTTLED, transitionMs: 5 });

describeKinesis("the simulator without a socket", async () => {
  const { service } = kinesis();
  const client = new KinesisClient({
    ...account,
    requestHandler: createRequestHandler(service, systemClock),
  });
  return { client, stop: async () => client.destroy() };
});

describeKinesis("the simulator by HTTP/1.1", async () => {
  const server = await serveKinesis(kinesis().service);
  const client = new KinesisClient({
    ...account,
    endpoint: server.endpoint,
    requestHandler: new NodeHttpHandler(),
  });
  return {
    client,
    async stop() {
      client.destroy();
      await server.close();
    },
  };
});

describeKinesis("the simulator by HTTP/2, as the SDK speaks it by default", async () => {
  const server = await serveKinesis(kinesis().service);
  const client = new KinesisClient({ ...account, endpoint: server.endpoint });
  return {
    client,
    async stop() {
      client.destroy();
      await server.close();
    },
  };
});
