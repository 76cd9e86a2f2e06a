import { epochMs, sequenceNumber } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { startOpenSearchDouble } from "../../testing/openSearch/openSearchDouble.js";
import { bulkWithoutPauses, openTestCluster } from "../../testing/openSearch/testCluster.js";
import { aLetter } from "../deadLetters.contract.js";
import type { StoredLetter } from "../port.js";
import { createOpenSearchLetters } from "./openSearchLetters.js";

const ARRIVAL_MS = Date.parse("2026-03-10T23:59:59.999Z");

const stored = (number: number, overrides: Partial<StoredLetter> = {}): StoredLetter => ({
  ...aLetter({ sequence: sequenceNumber(number), arrivalMs: epochMs(ARRIVAL_MS + (number % 2)) }),
  place: `place-${number}`,
  replay: null,
  ...overrides,
});

const open = async () => {
  const double = await startOpenSearchDouble();
  const letters = createOpenSearchLetters({
    cluster: openTestCluster(double.endpoint),
    prefix: "test",
    bulk: bulkWithoutPauses(),
  });
  await letters.prepare();
  const documents = () =>
    [...double.indices.values()].flatMap((index) => [...index.values()].map(({ document }) => document));
  return { double, letters, documents };
};

describe("dead letters in OpenSearch", () => {
  it("lie in the index of the day of their arrival, once each, with the beginning of their bodies", async () => {
    const { double, letters, documents } = await open();
    const long = stored(3, { body: Buffer.from("é".repeat(20_000)) });
    expect(await letters.write([stored(1), stored(2), long])).toEqual({ written: 3, refused: [] });
    expect(await letters.write([stored(1), stored(2)])).toEqual({ written: 0, refused: [] });
    expect([...double.indices].map(([index, { size }]) => [index, size])).toEqual([
      ["test-letters--2026.03.11", 2],
      ["test-letters--2026.03.10", 1],
    ]);
    expect(documents().map((document) => document?.["place"])).toEqual(["place-1", "place-3", "place-2"]);
    expect(documents()[2]).toMatchObject({
      arrival: "2026-03-10T23:59:59.999Z",
      reason: "wrong_type",
      detail: "dwellMs: expected integer",
      body: '{"type":"article_view"}',
      replayed: null,
    });
    expect(String(documents()[1]?.["body"])).toHaveLength(8_192);
  });

  it("say of which replay they were last, in whichever order that is told", async () => {
    const { letters, documents } = await open();
    const replayed = (id: string, atMs: number) => stored(1, { replay: { id, atMs: epochMs(atMs) } });
    await letters.write([stored(1)]);
    await letters.write([replayed("second", 2_000)]);
    await letters.write([replayed("first", 1_000), stored(1)]);
    expect(documents()).toEqual([
      expect.objectContaining({ replay: "second", replayed: "1970-01-01T00:00:02.000Z" }),
    ]);
  });
});
