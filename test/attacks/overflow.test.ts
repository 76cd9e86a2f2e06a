import type { ShardId } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "./line.js";
import { firstApp, MINUTE_MS, T0, total, trendApp, viewAt } from "./views.js";

let line: Line;
afterEach(() => line.close());

describe("groups past the bound", () => {
  it("make live answers partial, series of any key too, and batch settles them exactly", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    const [a] = (await line.open()) as [ShardId];
    await line.append(
      a,
      T0,
      ["p", "q", "r", "s", "t", "p"].map((page) => viewAt(T0, page)),
    );
    await line.beat(T0 + 2 * MINUTE_MS);
    await line.beat(T0 + 3 * MINUTE_MS);
    await line.fold();
    expect(await total(line, "by-page", T0 + MINUTE_MS)).toMatchObject({
      views: 4,
      status: "partial",
      missing: ["overflow"],
    });
    const series = await line.asked((reader) =>
      reader.series("by-page", {
        key: { page: "t" },
        from: String(T0 - MINUTE_MS),
        to: String(T0 + MINUTE_MS),
      }),
    );
    expect(series.points.map(({ status }) => status)).toEqual(["live", "partial"]);
    await line.settle();
    expect(await total(line, "by-page", T0 + MINUTE_MS)).toEqual({
      views: 6,
      status: "settled",
      missing: [],
    });
  });

  it("make scores partial whose windows reach back to them", async () => {
    line = await openLine({ shards: 1, app: trendApp });
    const [a] = (await line.open()) as [ShardId];
    await line.append(
      a,
      T0,
      ["p", "q", "r", "s", "t"].map((page) => viewAt(T0, page)),
    );
    await line.append(a, T0 + 20 * MINUTE_MS, [viewAt(T0 + 20 * MINUTE_MS, "p")]);
    await line.fold();
    expect(await total(line, "by-page", T0 + 21 * MINUTE_MS, "5m")).toEqual({
      views: 1,
      status: "partial",
      missing: ["overflow"],
    });
  });
});
