import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Reconciliation } from "@freshet/model";
import { openDataDirectory, openDuckDb } from "@freshet/storage";
import { expect, it } from "vitest";
import { appendRun, localFiles } from "../generation/files.js";
import { parquet } from "../sql/text.js";
import { type Kept, keptOf } from "./retention.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const T0 = Date.UTC(2026, 0, 1);

const after = (kept: Kept | undefined): Reconciliation | undefined =>
  kept && { version: 1, drift: [], hours: [], unread: [], ...kept };

it("keeps runs for ninety days of arrival, and says since when", () => {
  let kept: Kept | undefined;
  for (let generation = 1; generation <= 24 * 90; generation++) {
    kept = keptOf(after(kept), generation, T0 + generation * HOUR_MS);
    expect(kept).toMatchObject({ since: 1, hoursFrom: 0 });
  }
  kept = keptOf(after(kept), 5_000, T0 + 91 * DAY_MS);
  expect(kept).toMatchObject({ since: 24, hoursFrom: T0 + DAY_MS });
  expect(kept.days.length).toBe(91);
  kept = keptOf(after(kept), 5_001, T0 + 300 * DAY_MS + 1);
  expect(kept).toEqual({
    since: 5_001,
    hoursFrom: T0 + 300 * DAY_MS + HOUR_MS,
    days: [{ generation: 5_001, throughMs: T0 + 300 * DAY_MS + 1 }],
  });
});

it("drops nothing while it is not known how far a run settles, nor of books that noted no days", () => {
  const unnoted: Reconciliation = { version: 1, since: 7, drift: [], hours: [], unread: [] };
  expect(keptOf(unnoted, 9, null)).toEqual({ since: 7, hoursFrom: 0, days: [] });
  expect(keptOf(unnoted, 9, T0)).toMatchObject({ since: 7, hoursFrom: 0 });
  expect(keptOf(undefined, 1, null)).toEqual({ since: 1, hoursFrom: 0, days: [] });
});

it("the files of runs that come for ever stay bounded, and hold each kept row once", async () => {
  const dir = await mkdtemp(join(tmpdir(), "freshet-retention-"));
  const data = await openDataDirectory(join(dir, "data"), {
    create: { shards: 1, segmentMs: 1_000, segmentEventsMax: 1_000, dedupeHorizonMs: 120_000 },
  });
  const db = await openDuckDb({ memoryMb: 256, threads: 1, tempDir: join(dir, "duckdb") });
  try {
    const target = { db, lake: data.lake };
    const [runs, rowsOfRun, runsKept] = [120, 8, 20];
    let files: readonly string[] = [];
    let most = 0;
    for (let generation = 1; generation <= runs; generation++) {
      const from = Math.max(1, generation - runsKept + 1);
      files = await appendRun(target, {
        files,
        newRows: `SELECT ${generation} AS generation, range AS pane FROM range(${rowsOfRun})`,
        orderBy: "pane",
        path: `generations/drift/${generation}.parquet`,
        kept: { column: "generation", from },
      });
      const [found] = await db.rows<{ rows: number; kept: number; distinct: number }>(
        `SELECT count(*) AS rows, count(*) FILTER (generation >= ${from}) AS kept,
         count(DISTINCT (generation, pane)) FILTER (generation >= ${from}) AS distinct
         FROM ${parquet(await localFiles(data.lake, files))}`,
      );
      const wanted = Math.min(generation, runsKept) * rowsOfRun;
      expect(found).toMatchObject({ kept: wanted, distinct: wanted });
      most = Math.max(most, found?.rows ?? 0);
    }
    expect(most).toBeLessThanOrEqual(4 * runsKept * rowsOfRun);
    expect(most).toBeGreaterThan(runsKept * rowsOfRun);
  } finally {
    await db.close();
    await data.close();
    await rm(dir, { recursive: true });
  }
});
