import { readFileSync, writeFileSync } from "node:fs";
import { createDice } from "../../fixtures/dice.js";
import { formatCorpus, parseCorpus } from "./corpus.js";
import { startCoverage } from "./coverage.js";
import { explore } from "./explore.js";

/* `node search.js CORPUS RUNS SEED [save]`, built: searches from a corpus on; `save` puts what is found into it. */

const [, , file = "", runs = "", seed = "", save] = process.argv;

/** The code of the first type, and what all code calls; that of a type with many fields is the same over and over. */
const watched = (url: string): boolean =>
  url === "freshet-scan-0" || /\/event\/scan\/(text|skip|number|instant|textTable|bytes)\.js$/.test(url);

const corpus = parseCorpus(readFileSync(file, "utf8"));
const coverage = await startCoverage(watched);
// what was compiled before has no blocks to count
const { createRun } = await import("./run.js");
const { run, seen } = createRun();
const runOrSave = (event: Uint8Array): boolean => {
  try {
    return run(event);
  } catch (error) {
    if (save) writeFileSync(file, formatCorpus([event, ...corpus]));
    throw error;
  }
};
const result = await explore(corpus, Number(runs), createDice(Number(seed)), coverage, runOrSave);
if (save) {
  // short events first, so that long ones stay only for what they alone reach
  const sorted = [...result.corpus].sort((a, b) => a.length - b.length);
  const smallest = await explore(sorted, 0, createDice(0), coverage, runOrSave);
  writeFileSync(file, formatCorpus(smallest.corpus));
}
await coverage.stop();
process.stdout.write(`${JSON.stringify({ ...seen, found: result.found, reached: result.reached })}\n`);
