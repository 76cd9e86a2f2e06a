import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { AppDocument } from "../../app.js";
import { defineApp, toAppDocument } from "../../define.js";
import { event } from "../define.js";
import { t } from "../t.js";
import { type CreateTestedScanner, KERNELS } from "./fixtures/kernels.js";
import { createTwins } from "./fixtures/sameRows.js";

const data = (name: string): string =>
  fileURLToPath(new URL(`../../../../shared/data/${name}`, import.meta.url));
const linesOf = (name: string): readonly string[] =>
  gunzipSync(readFileSync(data(name)))
    .toString()
    .trim()
    .split(/\r?\n/);
const rowsOf = (name: string): readonly (readonly string[])[] =>
  linesOf(name)
    .slice(1)
    .map((line) => line.split(","));

const FLAT = "gharchive_minimized_10h.ndjson.gz";
const NESTED = "github_events_nested_2016-07-07.ndjson.gz";
const RETAIL = "online_retail_2010-2011.csv.gz";
const TWEETS = "nab_tweet_volume_2015.csv.gz";
const BATCH_EVENTS = 4_500;

/** Compares all events in batches. Returns how many were readable, and how many of those by the plain reader alone. */
const compare = (app: AppDocument, events: readonly string[], createScanner: CreateTestedScanner) => {
  const { scanner, check } = createTwins(app, createScanner);
  let readable = 0;
  for (let from = 0; from < events.length; from += BATCH_EVENTS) {
    const batch = events.slice(from, from + BATCH_EVENTS).map((one) => Buffer.from(one));
    for (const row of check(batch)) if (!("reason" in row)) readable++;
  }
  const rejected = events.length - readable;
  const { plain, predicted = events.length } = scanner.counts;
  return { readable, predicted: predicted / events.length, slow: plain - rejected };
};

const appOf = (one: ReturnType<typeof event>): AppDocument =>
  toAppDocument(defineApp({ events: [one], metrics: [] }));

/** As Python's `json.dumps` writes it. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

describe.each(KERNELS)("%s", (_, createScanner) => {
  it.skipIf(!existsSync(data(FLAT)))(`reads ${FLAT} as the plain reader does (needs ../shared)`, () => {
    const github = event("github", {
      repo: t.string(),
      kind: t.string(),
      actor: t.string(),
      commits: t.optional(t.integer({ minimum: 0 })),
      action: t.optional(t.string()),
      age: t.optional(t.string()),
    });
    const events = linesOf(FLAT).map((line) => {
      const { id, dt, type, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify({ type: "github", id, time: dt, kind: type, ...rest });
    });
    const { readable, predicted, slow } = compare(appOf(github), events, createScanner);
    expect([readable, slow]).toEqual([266_105, 0]);
    expect(predicted).toBeGreaterThan(0.99);
  });

  it.skipIf(!existsSync(data(NESTED)))(`reads ${NESTED} as the plain reader does (needs ../shared)`, () => {
    const person = t.object({ id: t.integer(), login: t.string() });
    const github = event("github", {
      kind: t.string(),
      actor: person,
      org: t.optional(person),
      repo: t.object({ name: t.string(), url: t.string() }),
      payload: t.object({
        action: t.optional(t.string()),
        commits: t.optional(t.array(t.object({ message: t.string(), distinct: t.boolean() }))),
        pull_request: t.optional(
          t.object({
            title: t.string(),
            body: t.optional(t.string()),
            base: t.object({ repo: t.object({ language: t.optional(t.string()) }) }),
          }),
        ),
      }),
    });
    const lines = linesOf(NESTED).map((line) => {
      const { type, created_at, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return { ...rest, type: "github", time: created_at, kind: type };
    });
    const spellings = [
      lines.map((line) => JSON.stringify(line)),
      lines.map((line) => JSON.stringify(line, null, 1)),
      lines.map((line) => asciiJson(line)),
      lines.map((line) => JSON.stringify(Object.fromEntries(Object.entries(line).reverse()))),
    ];
    for (const events of spellings) {
      const { readable, slow } = compare(appOf(github), events, createScanner);
      expect(readable).toBe(2_000);
      // unescaped texts may need more room, and the event in which the bytes move is read again
      expect(slow).toBeLessThan(3);
    }
  });

  it.skipIf(!existsSync(data(RETAIL)))(`reads ${RETAIL} as the plain reader does (needs ../shared)`, () => {
    const line = event("invoice_line", {
      InvoiceNo: t.string({ minLength: 1, maxLength: 12 }),
      Description: t.optional(t.string()),
      Quantity: t.integer(),
      UnitPrice: t.decimal(3),
      CustomerID: t.optional(t.string()),
      Country: t.string(),
    });
    const events = rowsOf(RETAIL).flatMap((cells, row) => {
      if (cells.length !== 8) return [];
      const [InvoiceNo, StockCode, Description, quantity, date = "", price, CustomerID, Country] = cells;
      return [
        JSON.stringify({
          type: "invoice_line",
          id: `${row}`,
          time: `${new Date(`${date} UTC`).toISOString().slice(0, 16)}Z`,
          InvoiceNo,
          StockCode,
          Description: Description === "" ? null : Description,
          Quantity: Number(quantity),
          UnitPrice: Number(price),
          CustomerID: CustomerID === "" ? null : CustomerID,
          Country,
        }),
      ];
    });
    const { readable, predicted, slow } = compare(appOf(line), events, createScanner);
    expect(events.length).toBeGreaterThan(500_000);
    expect(readable).toBeGreaterThan(events.length * 0.999);
    expect(slow).toBeLessThan(events.length / 1_000);
    expect(predicted).toBeGreaterThan(0.99);
  });

  it.skipIf(!existsSync(data(TWEETS)))(`reads ${TWEETS} as the plain reader does (needs ../shared)`, () => {
    const volume = event("tweets", { symbol: t.string(), tweets: t.integer({ minimum: 0 }) });
    const events = rowsOf(TWEETS).map(([symbol = "", timestamp = "", tweets]) =>
      JSON.stringify({
        type: "tweets",
        id: `${symbol} ${timestamp}`,
        time: Date.parse(`${timestamp}Z`),
        symbol,
        tweets: Number(tweets),
      }),
    );
    const { readable, predicted, slow } = compare(appOf(volume), events, createScanner);
    expect([events.length, readable, slow]).toEqual([158_631, 158_631, 0]);
    expect(predicted).toBeGreaterThan(0.99);
  });
});
