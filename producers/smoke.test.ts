import { mkdtempSync } from "node:fs";
import { it } from "vitest";
import { defineApp, event, t, metric, count, countDistinct } from "@freshet/model";
import { openDataDirectory } from "@freshet/storage";
import { createIntake, replayFile } from "./index.js";
it("smoke", async () => {
  const activity = event("activity", { kind: t.string(), repo: t.string(), actor: t.string() });
  const app = defineApp({
    events: [activity],
    metrics: [
      metric("m", activity, {
        by: (e) => ({ repo: e.repo }),
        measures: (e) => ({ n: count(), a: countDistinct(e.actor) }),
        pane: "1m",
      }),
    ],
    replay: {
      map: ({ id, dt, repo, type, actor }: any) => ({
        type: "activity" as const,
        id,
        time: dt,
        kind: type,
        repo,
        actor,
      }),
    },
  });
  for (let i = 0; i < 3; i++) {
    const data = await openDataDirectory(mkdtempSync("/tmp/prodbench/d"), {
      create: { shards: 4, segmentMs: 1000, segmentEventsMax: 100000, dedupeHorizonMs: 120000 },
    });
    const t0 = performance.now();
    let hb = 0;
    const report = await replayFile({
      source: "/work/shared/data/gharchive_minimized_10h.ndjson.gz",
      app: app as never,
      intake: createIntake({ log: data.log, app: app.document, now: Date.now }),
      log: data.log,
      records: data.records,
      onProgress: (p) => {
        hb = performance.now();
      },
    });
    console.log(performance.now() - t0, report);
    await data.close();
  }
});
