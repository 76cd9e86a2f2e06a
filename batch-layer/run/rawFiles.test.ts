import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDb, openDuckDb } from "@freshet/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SEGMENT_TABLE_SQL } from "../sql/rows.js";
import { text } from "../sql/text.js";
import { filesWithSegments } from "./rawFiles.js";

const DIGITS = 56;
const sequence = (number: number): string => String(number).padStart(DIGITS, "0");

let dir: string;
let db: DuckDb;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "raw-files-"));
  db = await openDuckDb({ memoryMb: 256, threads: 1, tempDir: join(dir, "duckdb") });
  await db.run(SEGMENT_TABLE_SQL);
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true, force: true });
});

const fileOf = async (...sequences: readonly number[]): Promise<string> => {
  const file = join(dir, `${sequences.join("-")}.parquet`);
  const rows = sequences.map((one) => `(${text(sequence(one))})`).join(", ");
  await db.run(`COPY (SELECT * FROM (VALUES ${rows}) AS t(sequence)) TO ${text(file)} (FORMAT parquet)`);
  return file;
};

const segmentAfter = (after: string): Promise<void> =>
  db.run(`INSERT INTO segment (shard, after_sequence) VALUES ('s', ${text(after)})`);

describe("files with segments", () => {
  it("leaves out what lies before every segment, and nothing else", async () => {
    const [before, last, across, behind] = await Promise.all([
      fileOf(1, 2),
      fileOf(3, 10),
      fileOf(2, 11),
      fileOf(12, 13),
    ]);
    const files = [before, last, across, behind] as string[];
    expect(await filesWithSegments(db, files)).toEqual(files);
    await segmentAfter(sequence(10));
    await segmentAfter(sequence(12));
    expect(await filesWithSegments(db, files)).toEqual([across, behind]);
    await segmentAfter("");
    expect(await filesWithSegments(db, files)).toEqual(files);
    expect(await filesWithSegments(db, [])).toEqual([]);
  });
});
