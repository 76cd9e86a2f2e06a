import { count, defineApp, event, metric, type ShardId, t, toAppDocument } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "./line.js";

const T0 = Date.parse("2026-03-01T00:00:00Z");
const view = event("view", { page: t.string() });
const app = toAppDocument(
  defineApp({
    name: "text",
    events: [view],
    metrics: [
      metric("by-page", view, {
        by: (e) => ({ page: e.page }),
        measures: () => ({ views: count() }),
        pane: "1m",
      }),
    ],
  }),
);

let line: Line;
afterEach(() => line.close());

const PAGES = [
  "\\u0000",
  "a\\u0000b",
  "a",
  "\\ud800",
  "\\udfff",
  "\\ud83d\\ude00",
  "\\ufffd",
  "\\u0000\\u0001",
  "\\u0000\\u00ff",
];

describe("text that is no usual text", () => {
  it("gives equal groups and identities in both layers", async () => {
    line = await openLine({ shards: 1, app });
    const [shard] = (await line.open()) as [ShardId];
    const texts = [...PAGES, "\\ud800"].flatMap((page, index) => [
      `{"type":"view","id":"i${index}","time":"2026-03-01T00:00:00Z","page":"${page}"}`,
      `{"type":"view","id":"${page}","time":"2026-03-01T00:00:00Z","page":"ids"}`,
    ]);
    await line.appendTexts(shard, T0, texts);
    await line.beat(T0 + 60_000);
    await line.beat(T0 + 120_000);
    await line.fold();
    const ask = () =>
      line.asked(async (reader) => {
        const { rows, status, missing } = await reader.top("by-page", {
          window: "1h",
          at: String(T0 + 60_000),
          by: "views",
          limit: 100,
        });
        return { status, missing, rows: rows.map(({ key, values }) => [key["page"], values["views"]]) };
      });
    const live = await ask();
    expect(live.status).toBe("live");
    const manifest = await line.settle();
    expect(manifest.disagreements).toEqual([]);
    const settled = await ask();
    expect(settled).toEqual({ ...live, status: "settled" });
  });
});
