// Adds up what the steps of .ci/run wrote: node scripts/sum-results.mjs DIRECTORY. Ends with `N passed, N failed`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { summarize } from "./results/summarize.mjs";

const [directory] = process.argv.slice(2);
const root = fileURLToPath(new URL("..", import.meta.url));
const realData = existsSync(join(root, "../shared/data")) || process.env.FRESHET_REQUIRE_REAL_DATA === "1";

const steps = readdirSync(directory)
  .filter((name) => name.endsWith(".exit"))
  .sort()
  .map((name) => {
    const results = join(directory, name.replace(/\.exit$/, ".json"));
    return {
      name: name.replace(/^\d+-|\.exit$/g, ""),
      exitCode: Number(readFileSync(join(directory, name), "utf8")),
      results: existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : null,
    };
  });

const { passed, failed, lines } = summarize(steps, { realDataThere: realData && process.env.CI === "true" });
for (const line of lines) console.log(line);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
