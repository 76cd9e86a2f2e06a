// `npm run test:engines`: tests that need something outside npm (a browser, Spark, Schemathesis, servers that speak AWS' protocols), and the long ones.
import { writeFileSync } from "node:fs";
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
  const env = Object.assign({ ...process.env }, ...engines.map(({ env: own }) => own));
  const vitest = [process.execPath, join(root, "node_modules/vitest/vitest.mjs"), "run"];
  const args = process.argv.slice(2);
  if (args.length > 0)
    return run([...vitest, "--project", "engines", "--project", "spark", ...args], { cwd: root, env });
  // Two lanes: Spark's starts and small jobs leave a core idle. It yields to tests that look at the clock.
  let bySpark = "";
  const spark = run([...vitest, "--project", "spark"], {
    cwd: root,
    env: { ...env, ...sparkResults(env.FRESHET_TEST_RESULTS) },
    niceness: 10,
    onOutput: (text) => {
      bySpark += text;
    },
  });
  const code = await run([...vitest, "--project", "engines"], { cwd: root, env });
  const sparkCode = await spark;
  console.error(bySpark);
  if (env.FRESHET_TEST_RESULTS)
    writeFileSync(besideResults(env.FRESHET_TEST_RESULTS, "exit"), `${sparkCode}\n`);
  return code === 0 ? sparkCode : code;
};

/** Where the results of Spark's lane go, as if it were a step of its own (scripts/sum-results.mjs). */
const besideResults = (file, ending) => file.replace(/\.json$/, `-spark.${ending}`);
const sparkResults = (file) => (file ? { FRESHET_TEST_RESULTS: besideResults(file, "json") } : {});

process.exitCode = await main();
