// `npm run test:engines`: tests that need something outside npm (a browser, Spark, Schemathesis, servers that speak AWS' protocols), and the long ones.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareCfnLint } from "./engines/cfnLint.mjs";
import { prepareChromium } from "./engines/chromium.mjs";
import { prepareMinistack } from "./engines/ministack.mjs";
import { prepareOpenSearch } from "./engines/openSearch.mjs";
import { prepareSchemathesis } from "./engines/schemathesis.mjs";
import { prepareSpark } from "./engines/spark.mjs";
import { prepareVersitygw } from "./engines/versitygw.mjs";
import { prepare } from "./prepare/prepare.mjs";
import { run } from "./prepare/run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const main = async () => {
  const prepared = await prepare();
  if (prepared !== 0) return prepared;
  const engines = [
    await prepareChromium(),
    await prepareSpark(root),
    await prepareSchemathesis(root),
    await prepareMinistack(root),
    await prepareVersitygw(root),
    await prepareOpenSearch(root),
    await prepareCfnLint(root),
  ];
  const missing = engines.flatMap((engine) => engine.missing ?? []);
  if (missing.length > 0) {
    for (const line of missing) console.error(line);
    return 1;
  }
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  return run([process.execPath, vitest, "run", "--project", "engines", ...process.argv.slice(2)], {
    cwd: root,
    env: Object.assign({ ...process.env }, ...engines.map(({ env }) => env)),
  });
};

process.exitCode = await main();
