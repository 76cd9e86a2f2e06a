import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { formatCorpus, parseCorpus } from "./corpus.js";
import { createRun } from "./run.js";

/** To find more: `node model/dist/event/scan/fuzz/search.js model/event/scan/fuzz/corpus.ndjson 100000 1 save`. */
const RUNS = 600;
const SEED = 20261121;

const corpusFile = fileURLToPath(new URL("corpus.ndjson", import.meta.url));
const searchFile = fileURLToPath(
  new URL("../../../../dist/event/scan/testing/fuzz/search.js", import.meta.url),
);
const corpus = parseCorpus(readFileSync(corpusFile, "utf8"));

it("replays every event that a search has found", () => {
  const { run, seen } = createRun();
  for (const event of corpus) run(event);
  expect(seen.events).toBeGreaterThan(100);
  expect(seen.readable).toBeGreaterThan(20);
});

it("refuses a corpus that is corrupt", () => {
  expect(() => parseCorpus(formatCorpus(corpus).replace("sale", "salt"))).toThrow("corrupt");
  expect(parseCorpus(formatCorpus(corpus))).toEqual(corpus);
});

it(`finds no difference from the plain reader, guided by what code it reaches (seed ${SEED}, ${RUNS} runs)`, async () => {
  const search = [searchFile, corpusFile, String(RUNS), String(SEED)];
  const { stdout } = await promisify(execFile)(process.execPath, search);
  const { events, readable, reached } = JSON.parse(stdout) as Record<string, number>;
  expect(events).toBeGreaterThan(RUNS / 2);
  expect(readable).toBeGreaterThan(RUNS / 20);
  expect(reached).toBeGreaterThan(400);
});
