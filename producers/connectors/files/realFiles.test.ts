import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { defineApp, event, t } from "@freshet/model";
import { openDuckDb } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { createIntake } from "../../collector/intake.js";
import { readLog, temporaryData } from "../../fixtures.js";
import { openRows } from "./openRows.js";
import { replayFile } from "./replayFile.js";
import { createRowPlace } from "./rowPlace.js";
import { openSource } from "./source.js";

/** Real data that lies beside the repository; null where it is absent. */
const sharedData = (name: string): string | null => {
  const path = fileURLToPath(new URL(`../../../../shared/data/${name}`, import.meta.url));
  return existsSync(path) ? path : null;
};

const github = sharedData("gharchive_minimized_10h.ndjson.gz");
const nested = sharedData("github_events_nested_2016-07-07.ndjson.gz");
const retail = sharedData("online_retail_2010-2011.csv.gz");
const NOTHING = Readable.from([]);

describe.skipIf(!github || !nested || !retail)("real files (needs ../shared)", () => {
  it("come into the log whole: ten hours of GitHub", async () => {
    const activity = event("activity", { kind: t.string(), repo: t.string(), actor: t.string() });
    interface Row {
      readonly id: string;
      readonly dt: string;
      readonly type: string;
      readonly repo: string;
      readonly actor: string;
    }
    const app = defineApp({
      events: [activity],
      metrics: [],
      replay: {
        map: ({ id, dt, type, repo, actor }: Row) => ({
          type: "activity",
          id,
          time: dt,
          kind: type,
          repo,
          actor,
        }),
      },
    });
    const data = await temporaryData(4);
    const intake = createIntake({ log: data.log, app: app.document, now: Date.now });
    const report = await replayFile({
      source: github as string,
      app,
      intake,
      log: data.log,
      records: data.records,
    });
    expect(report).toMatchObject({ kind: "finished", rows: 266_105, events: 266_105, rejected: 0 });
    const { events } = await readLog(data.log);
    expect(events.length).toBe(266_105);
    expect(new Set(events.map(({ text }) => JSON.parse(text).id)).size).toBe(266_103);
    await data.remove();
  });

  it("come into the log whole: nested events, some of them large", async () => {
    const activity = event("activity", { language: t.optional(t.string()) }, {});
    interface Row {
      readonly id: string;
      readonly created_at: string;
      readonly payload: {
        readonly pull_request?: { readonly base: { readonly repo: { readonly language?: string } } };
      };
    }
    const app = defineApp({
      events: [activity],
      metrics: [],
      replay: {
        map: ({ id, created_at, payload }: Row) => ({
          ...{ type: "activity" as const, id, time: created_at, payload },
          ...(payload.pull_request?.base.repo.language == null
            ? {}
            : { language: payload.pull_request.base.repo.language }),
        }),
      },
    });
    const data = await temporaryData();
    const intake = createIntake({ log: data.log, app: app.document, now: Date.now });
    const report = await replayFile({
      source: nested as string,
      app,
      intake,
      log: data.log,
      records: data.records,
    });
    expect(report).toMatchObject({ kind: "finished", rows: 2000, events: 2000, rejected: 0 });
    await data.remove();
  });

  it("are read as DuckDB reads them: a year of a shop's CSV, of which 5,268 rows repeat another", async () => {
    const source = await openSource(retail as string, NOTHING, null);
    const opened = await openRows(source, null);
    const place = createRowPlace(opened.fingerprint);
    const ids = new Set<string>();
    const read = { rows: 0, quantity: 0, returns: 0, described: 0, anonymous: 0 };
    for await (const rows of opened.rows) {
      for (const row of rows) {
        const decoded = opened.decode(row);
        if (decoded.kind !== "row") throw new Error(`row ${read.rows} is ${decoded.kind}`);
        const { Quantity, Description, CustomerID } = decoded.row as Record<string, string>;
        ids.add(place.at(read.rows, decoded.bytes).contentId());
        read.rows++;
        read.quantity += Number(Quantity);
        if (Number(Quantity) < 0) read.returns++;
        read.described += (Description as string).length;
        if (CustomerID === "") read.anonymous++;
      }
    }
    const tempDir = await mkdtemp(join(tmpdir(), "freshet-duckdb-"));
    const duckDb = await openDuckDb({ memoryMb: 300, threads: 2, tempDir });
    const [truth] = await duckDb.rows(`
      SELECT count(*) AS rows, sum(Quantity::INTEGER) AS quantity, count(*) FILTER (Quantity::INTEGER < 0) AS returns,
        sum(length(coalesce(Description, ''))) AS described, count(*) FILTER (CustomerID IS NULL) AS anonymous
      FROM read_csv('${retail}', all_varchar = true)`);
    await duckDb.close();
    await rm(tempDir, { recursive: true });
    expect(read).toEqual(truth);
    expect(read.rows).toBe(541_909);
    expect(read.rows - ids.size).toBe(5268);
  });
});
