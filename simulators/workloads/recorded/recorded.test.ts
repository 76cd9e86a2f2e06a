import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createGenerated } from "../generated/generatedSource.js";
import { DEFAULT_GENERATED } from "../generated/options.js";
import type { EventSource } from "../source.js";
import { readRecorded } from "./recordedEvents.js";
import { createRecorded } from "./recordedSource.js";

const FROM_MS = Date.UTC(2026, 0, 5, 12);
const LONG_MS = 3_600_000;

const take = (source: EventSource) => {
  const taken: { readonly dueMs: number; readonly event: Record<string, string> }[] = [];
  while (source.dueMs < Number.POSITIVE_INFINITY) {
    const { dueMs } = source;
    const bytes = new Uint8Array(source.eventBytesMax);
    const text = Buffer.from(bytes.subarray(0, source.write(bytes, 0))).toString("utf8");
    taken.push({ dueMs, event: JSON.parse(text) as Record<string, string> });
  }
  return taken;
};

/** A file of a click stream, with duplicates. */
const aFile = (): Buffer => {
  const source = createGenerated({
    ...DEFAULT_GENERATED,
    ...{ fromMs: FROM_MS, durationMs: 60_000, rate: { kind: "steady", perSecond: 50 } },
    shares: { ...DEFAULT_GENERATED.shares, view: 1, nearDuplicate: 0.1, late: 0, bad: 0 },
  });
  return Buffer.from(
    take(source)
      .map(({ event }) => JSON.stringify(event))
      .join("\n"),
  );
};

const options = (overrides: Partial<Parameters<typeof createRecorded>[0]> = {}) => ({
  ...{ events: readRecorded(aFile()), speed: 10, fanOut: 3, fanBy: "article" },
  ...{ fromMs: FROM_MS, durationMs: LONG_MS },
  ...overrides,
});

describe("a file that is sent again", () => {
  it("is sped up and fanned out, and counted plainly as its known answers say", () => {
    const source = createRecorded(options());
    const sent = take(source);
    expect(sent).toHaveLength(3 * 3_000);
    const distinct = new Set(sent.map(({ event }) => `${event["type"]} ${event["id"]} ${event["time"]}`))
      .size;
    const { ledger } = source.answers();
    expect(ledger).toMatchObject({ events: 9_000, accepted: distinct, duplicates: 9_000 - distinct });
    expect(ledger.duplicates).toBeGreaterThan(500);
    const articles = new Set(sent.map(({ event }) => event["article"]));
    expect([...articles].every((article) => /~[012]$/.test(article ?? ""))).toBe(true);
    expect(sent.at(-1)?.dueMs).toBeLessThan(6_200);
    for (const { dueMs, event } of sent)
      expect(Date.parse(event["time"] ?? "")).toBe(Math.floor(FROM_MS + dueMs));
  });

  it("ends with the run, and is itself where it is sent once", () => {
    const once = take(createRecorded(options({ fanOut: 1, durationMs: 1_000 })));
    expect(once.length).toBeGreaterThan(400);
    expect(once.every(({ dueMs, event }) => dueMs < 1_000 && !event["id"]?.includes("~"))).toBe(true);
  });

  it("is read plain or gzip, in order of event time", () => {
    const plain = readRecorded(aFile());
    expect(readRecorded(gzipSync(aFile()))).toEqual(plain);
    expect(plain.every(({ timeMs }, index) => index === 0 || timeMs >= (plain[index - 1]?.timeMs ?? 0))).toBe(
      true,
    );
  });

  it.each([
    ["", /no event/],
    ['{"type":"a","id":"1","time":"2026-01-05"}\n{', /line 2: no JSON/],
    ['{"type":"a","id":"1"}', /line 1: expected an event/],
  ])("is refused where it is %j", (text, message) => {
    expect(() => readRecorded(Buffer.from(text))).toThrow(message);
  });

  it("is refused with options that cannot be", () => {
    expect(() => createRecorded(options({ speed: 0 }))).toThrow("speed");
    expect(() => createRecorded(options({ fanOut: 1.5 }))).toThrow("fanOut");
    expect(() => createRecorded(options({ fanBy: "dwellMs" }))).toThrow("dwellMs: not a text");
  });
});
