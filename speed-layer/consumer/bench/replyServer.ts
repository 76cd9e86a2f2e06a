import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/* A process of its own, so that what it takes counts for nobody else: a Kinesis that always has the same records, and a DynamoDB. */

const RECORD_BYTES = 1_000;
const HASH_SPACE = 1n << 128n;

const [shardsText = "1", recordsText = "1", behindText = "0"] = process.argv.slice(2);
const [shards, recordsMax, behindMs] = [Number(shardsText), Number(recordsText), Number(behindText)];

const records = Array.from({ length: recordsMax }, (_, index) => ({
  ApproximateArrivalTimestamp: 1_795_289_370 + index / 1000,
  Data: randomBytes(RECORD_BYTES).toString("base64"),
  PartitionKey: `user-${index % 97}`,
  SequenceNumber: `495903382714902566085596925${String(index).padStart(20, "0")}`,
}));
const replies = new Map<number, Buffer>();
const replyOf = (limit: number): Buffer => {
  const count = Math.min(limit, recordsMax);
  let reply = replies.get(count);
  if (!reply) {
    const body = {
      MillisBehindLatest: behindMs,
      NextShardIterator: "next",
      Records: records.slice(0, count),
    };
    replies.set(count, (reply = Buffer.from(JSON.stringify(body))));
  }
  return reply;
};

const shardList = Array.from({ length: shards }, (_, index) => ({
  ShardId: `shardId-${String(index).padStart(12, "0")}`,
  HashKeyRange: {
    StartingHashKey: String((HASH_SPACE * BigInt(index)) / BigInt(shards)),
    EndingHashKey: String((HASH_SPACE * BigInt(index + 1)) / BigInt(shards) - 1n),
  },
  SequenceNumberRange: { StartingSequenceNumber: "49590338271490256608559692500000000000000000000" },
}));

const answer = (operation: string, body: string, response: ServerResponse): void => {
  response.setHeader("content-type", "application/x-amz-json-1.1");
  if (operation.endsWith(".GetRecords")) {
    const { Limit = recordsMax } = JSON.parse(body) as { readonly Limit?: number };
    response.end(replyOf(Limit));
  } else if (operation.endsWith(".GetShardIterator")) response.end('{"ShardIterator":"first"}');
  else response.end(JSON.stringify({ Shards: shardList }));
};

const kinesis = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () =>
    answer(String(request.headers["x-amz-target"]), Buffer.concat(chunks).toString(), response),
  );
});
const createDynalite = createRequire(import.meta.url)("dynalite") as (options: object) => Server;
const dynamo = createDynalite({ createTableMs: 0 });

const listen = async (server: Server): Promise<string> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
process.send?.({ kinesis: await listen(kinesis), dynamo: await listen(dynamo) });
process.once("disconnect", () => process.exit());
