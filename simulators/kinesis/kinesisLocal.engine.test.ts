import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describeKinesis } from "./kinesis.contract.js";
import { startKinesisLocal } from "./kinesisLocal.js";

describeKinesis("T2: kinesis-local by plain HTTP/1.1", async () => {
  const server = await startKinesisLocal();
  const client = new KinesisClient({
    region: "us-east-1",
    credentials: { accessKeyId: "k", secretAccessKey: "s" },
    endpoint: server.endpoint,
    requestHandler: new NodeHttpHandler(),
  });
  return {
    client,
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}, [
  "refuses 501 records",
  "refuses an iterator that is none",
  "ends a subscription with its shard",
  "lists only shards open at the trim horizon",
]);
