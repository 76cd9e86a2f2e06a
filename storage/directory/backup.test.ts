import { mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sequenceNumber, tick } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { contents, fill, newPath, openData } from "../testing/dataDirectory.js";
import { directoryDigest } from "../testing/directoryDigest.js";
import { readAll, text } from "../testing/embeddedLog.js";
import { aSegment, SHARD } from "../testing/segments.js";
import { backupDataDirectory, restoreDataDirectory } from "./backup.js";

describe("a backup", () => {
  it("restores to the same contents, and leaves its source as it was", async () => {
    const [dir, copy, restored] = [await newPath(), await newPath(), await newPath()];
    const data = await openData(dir);
    await fill(data, 2000);
    const before = await contents(data);
    const digest = await directoryDigest(dir);
    await backupDataDirectory(dir, copy);
    expect(await directoryDigest(dir)).toEqual(digest);
    await restoreDataDirectory(copy, restored);
    expect(await contents(await openData(restored, {}))).toEqual(before);
    await fill(await openData(restored, {}), 10);
    expect(await contents(data)).toEqual(before);
  });

  it("taken while others write is as after a crash: what the tables name is in the lake and in the log", async () => {
    const [dir, copy, restored] = [await newPath(), await newPath(), await newPath()];
    const data = await openData(dir);
    let writing = true;
    let written = 0;
    const writer = (async () => {
      while (writing) {
        const path = `bodies/${written}`;
        const [outcome] = await data.log.append([{ partitionKey: "k", data: Buffer.from(`${written}`) }]);
        const sequence = outcome?.kind === "stored" ? outcome.sequence : sequenceNumber(0);
        await data.lake.put(path, Buffer.from(`${written}`));
        await data.increments.writeSegment(
          aSegment({
            tick: tick(written),
            lastSequence: sequence,
            body: { kind: "object", path, offset: 0, length: 1 },
          }),
        );
        written += 1;
      }
    })();
    while (written < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = written;
    await backupDataDirectory(dir, copy);
    const after = written;
    writing = false;
    await writer;
    expect(after - before).toBeGreaterThan(3);
    await restoreDataDirectory(copy, restored);
    const there = await openData(restored, {});
    const segments = await there.increments.segments(SHARD, null, 100_000);
    const sequences = new Set(
      (await readAll(there.log)).map((record) => `${record.sequence} ${text(record)}`),
    );
    expect(segments.length).toBeGreaterThanOrEqual(before);
    for (const { body, lastSequence, tick } of segments) {
      expect(body.kind === "object" && Buffer.from(await there.lake.get(body.path)).toString()).toBe(
        `${tick}`,
      );
      expect(sequences.has(`${lastSequence} ${tick}`)).toBe(true);
    }
  });

  it("is refused over anything that is there, and of anything that is no data directory", async () => {
    const dir = await newPath();
    await fill(await openData(dir), 10);
    const full = await newPath();
    await mkdir(full);
    await writeFile(join(full, "mine"), "");
    await expect(backupDataDirectory(dir, full)).rejects.toMatchObject({ kind: "mismatch" });
    await expect(backupDataDirectory(full, await newPath())).rejects.toMatchObject({ kind: "missing" });
    const copy = await newPath();
    await backupDataDirectory(dir, copy);
    await expect(restoreDataDirectory(copy, full)).rejects.toMatchObject({ kind: "mismatch" });
    await expect(restoreDataDirectory(copy, dir)).rejects.toMatchObject({ kind: "mismatch" });
    expect(await readdir(full)).toEqual(["mine"]);
  });

  it("that is incomplete, of another format or damaged is not restored, and nothing appears", async () => {
    const dir = await newPath();
    await fill(await openData(dir), 1000);
    const copy = await newPath();
    await backupDataDirectory(dir, copy);
    const target = await newPath();
    const refused = async (kind: string): Promise<void> => {
      await expect(restoreDataDirectory(copy, target)).rejects.toMatchObject({ kind });
      expect(await readdir(join(target, ".."))).toEqual([]);
    };
    await writeFile(join(copy, "format.json"), JSON.stringify({ product: "freshet", version: 99 }));
    await refused("other_version");
    await rm(join(copy, "format.json"));
    await refused("missing");
    await writeFile(join(copy, "format.json"), JSON.stringify({ product: "freshet", version: 1 }));
    await truncate(join(copy, "log", "data.mdb"), 20_000);
    await refused("corrupt");
  });
});
