import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { type SequenceNumber, sequenceNumber, tick } from "@freshet/model";
import { onTestFinished } from "vitest";
import { type DataDirectory, type DataDirectoryOptions, openDataDirectory } from "../dataDirectory.js";
import { aLetter } from "../documents/deadLetters.contract.js";
import { aCreation } from "./embeddedLog.js";
import { aSegment } from "./segments.js";
import { temporaryDirectory } from "./temporaryDirectory.js";

/** A path for a data directory that is not there yet. */
export const newPath = async (): Promise<string> => join(await temporaryDirectory(), "data");

/** Closed when the running test ends. */
export const openData = async (
  dir: string,
  options: DataDirectoryOptions = { create: aCreation() },
): Promise<DataDirectory> => {
  const data = await openDataDirectory(dir, options);
  onTestFinished(() => data.close());
  return data;
};

/** Something in every part. */
export const fill = async (data: DataDirectory, count: number): Promise<void> => {
  await data.log.append(
    Array.from({ length: count }, (_, index) => ({
      partitionKey: randomUUID(),
      data: Buffer.from(`event ${index} ${"x".repeat(index % 300)}`),
    })),
  );
  for (let index = 0; index < 50; index++) {
    await data.increments.writeSegment(
      aSegment({ tick: tick(index), lastSequence: sequenceNumber(index + 10) }),
    );
    await data.records.replace(`record/${index}`, 0, { index });
  }
  await data.deadLetters.put([aLetter()]);
  await data.lake.put("raw/hour=2024010100/a.parquet", Buffer.alloc(5000, 1));
  await data.lake.put("generations/00000001/manifest.json", Buffer.from("{}"));
};

/** All that a data directory holds, to be compared. */
export const contents = async (data: DataDirectory): Promise<unknown> => {
  const records: unknown[] = [];
  for (const { id } of await data.log.shards()) {
    for (let after: SequenceNumber | null = null; ; ) {
      const page = await data.log.read(id, after, 1000);
      records.push(
        ...page.records.map((record) => [
          id,
          record.sequence,
          record.partitionKey,
          Buffer.from(record.data).toString(),
        ]),
      );
      after = page.records.at(-1)?.sequence ?? after;
      if (page.atEnd) break;
    }
  }
  const files = await Promise.all(
    (await data.lake.list("")).map(async (path) => [
      path,
      createHash("sha256")
        .update(await data.lake.get(path))
        .digest("hex"),
    ]),
  );
  return {
    identity: data.log.identity,
    records,
    documents: await data.records.list(""),
    segments: await data.increments.segments(aSegment().shard, null, 1000),
    letters: await data.deadLetters.search({ limit: 100 }),
    files,
  };
};
