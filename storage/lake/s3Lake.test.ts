import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createMemoryS3 } from "../testing/aws/s3/memoryS3.js";
import { memoryS3Client, openTestLake } from "../testing/aws/testLake.js";
import { lakeContract } from "./lake.contract.js";

const BUCKET = "lake";

lakeContract("the lake in S3", () => openTestLake(memoryS3Client(createMemoryS3(BUCKET).handler), BUCKET));
lakeContract("the lake below a prefix in S3", () =>
  openTestLake(memoryS3Client(createMemoryS3(BUCKET).handler), BUCKET, "apps/one/"),
);

describe("the lake in S3", () => {
  const PARTS_BYTES = 40 * 2 ** 20 + 123;
  const patterned = (bytes: number): Buffer => {
    const content = Buffer.alloc(bytes);
    for (let at = 0; at + 4 <= bytes; at += 4096) content.writeUInt32LE(at, at);
    return content;
  };

  it("publishes a large file in parts, shows none of it before all is there, and fetches it back in parts", async () => {
    const { handler, bucket } = createMemoryS3(BUCKET);
    const requests: string[] = [];
    let shownEarly = 0;
    const lake = await openTestLake(
      memoryS3Client({
        ...handler,
        async handle(request, options) {
          requests.push(`${request.method} ${Object.keys(request.query).sort().join(",")}`);
          if (request.query["partNumber"] !== undefined) shownEarly += bucket(BUCKET).objects.size;
          return handler.handle(request, options);
        },
      }),
      BUCKET,
    );
    const content = patterned(PARTS_BYTES);
    const local = await lake.scratch("parquet");
    await writeFile(local, content);
    await lake.publish(local, "raw/large.parquet");
    expect(requests.filter((request) => request.includes("partNumber"))).toHaveLength(3);
    expect(shownEarly).toBe(0);
    const copy = await lake.local("raw/large.parquet");
    expect(copy).toMatch(/\.parquet$/);
    expect(Buffer.compare(await readFile(copy), content)).toBe(0);
    expect(requests.filter((request) => request.startsWith("GET")).length).toBeGreaterThan(4);

    const again = await lake.scratch("parquet");
    await writeFile(again, patterned(PARTS_BYTES));
    await lake.publish(again, "raw/large.parquet");
    const other = await lake.scratch("parquet");
    await writeFile(other, content);
    await truncate(other, PARTS_BYTES - 1);
    await expect(lake.publish(other, "raw/large.parquet")).rejects.toMatchObject({ kind: "mismatch" });
    expect(bucket(BUCKET).uploads.size).toBe(0);
  });

  it("fetches a file once for all who ask, and again when another object stands there", async () => {
    const { handler } = createMemoryS3(BUCKET);
    let fetched = 0;
    const lake = await openTestLake(
      memoryS3Client({
        ...handler,
        handle(request, options) {
          if (request.method === "GET") fetched += 1;
          return handler.handle(request, options);
        },
      }),
      BUCKET,
    );
    await lake.put("a.json", Buffer.from("one"));
    const files = await Promise.all(Array.from({ length: 10 }, () => lake.local("a.json")));
    expect(new Set(files).size).toBe(1);
    await lake.local("a.json");
    expect(fetched).toBe(1);
    await lake.remove("a.json");
    await expect(lake.local("a.json")).rejects.toMatchObject({ kind: "missing" });
    await lake.put("a.json", Buffer.from("two"));
    expect(await readFile(await lake.local("a.json"), "utf8")).toBe("two");
    expect((await stat(files[0] as string)).size).toBe(3);
  });
});
