import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import type { FirehoseRecord, FirehoseResponse } from "@freshet/batch-layer";
import { decodeAggregate } from "@freshet/kpl";
import { type AwsLineConfig, openDataStore } from "@freshet/storage";

const RECORDS_AT_ONCE = 200;

/** The stream as Firehose reads it: members of aggregates one by one, each with its position. */
const readAsFirehose = async (client: KinesisClient, stream: string): Promise<readonly FirehoseRecord[]> => {
  const read: FirehoseRecord[] = [];
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: stream }));
  for (const { ShardId: shardId = "" } of Shards) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: stream,
        ShardId: shardId,
        ShardIteratorType: "TRIM_HORIZON",
      }),
    );
    for (let iterator = ShardIterator; iterator; ) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      for (const {
        Data = new Uint8Array(),
        SequenceNumber: sequenceNumber = "",
        ApproximateArrivalTimestamp,
      } of page.Records ?? []) {
        const members = decodeAggregate(Data, "always")?.map(({ data }) => data) ?? [Data];
        for (const [index, data] of members.entries())
          read.push({
            recordId: String(read.length),
            data: Buffer.from(data).toString("base64"),
            kinesisRecordMetadata: {
              shardId,
              sequenceNumber,
              subsequenceNumber: index,
              approximateArrivalTimestamp: ApproximateArrivalTimestamp?.getTime() ?? 0,
            },
          });
      }
      iterator = (page.Records ?? []).length > 0 ? page.NextShardIterator : undefined;
    }
  }
  return read;
};

/**
 * Stands in for Firehose, whose emulation gives the transform neither a record's position nor its stream: hands the deployed function
 * what Firehose hands it, and puts what it answers where the deployed Firehose delivers to.
 *
 * @returns how many records were delivered
 */
export const deliverAsFirehose = async (client: KinesisClient, config: AwsLineConfig): Promise<number> => {
  const lambda = new LambdaClient({ region: config.region });
  const data = await openDataStore({ ...config, localDir: `${config.localDir}/firehose` });
  try {
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const transform = Functions.find(({ FunctionName = "" }) => FunctionName.includes("Transform"));
    const sourceKinesisStreamArn = data.log.identity.id.split("@")[0] ?? "";
    const records = await readAsFirehose(client, config.stream);
    let delivered = 0;
    for (let from = 0; from < records.length; from += RECORDS_AT_ONCE) {
      const event = { sourceKinesisStreamArn, records: records.slice(from, from + RECORDS_AT_ONCE) };
      const { Payload = new Uint8Array() } = await lambda.send(
        new InvokeCommand({
          FunctionName: transform?.FunctionName,
          Payload: Buffer.from(JSON.stringify(event)),
        }),
      );
      const answer = JSON.parse(Buffer.from(Payload).toString("utf8")) as FirehoseResponse;
      const lines = answer.records.map((outcome) =>
        outcome.result === "Ok" ? Buffer.from(outcome.data, "base64").toString("utf8") : "",
      );
      delivered += lines.filter((line) => line !== "").length;
      await data.lake.put(
        `${config.firehose?.prefix}2026/11/21/00/delivered-${from}`,
        Buffer.from(lines.join("")),
      );
    }
    return delivered;
  } finally {
    await data.close();
    lambda.destroy();
  }
};
