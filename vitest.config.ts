import { defineConfig } from "vitest/config";

const shared = {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
};
const notTests = ["**/node_modules/**", "**/dist/**"];
/** Beside the other engines, since they wait for Spark more than they work: see scripts/test-engines.mjs. */
const SPARK_TESTS = "**/*.spark.engine.test.ts";
const alone = {
  pool: "forks",
  fileParallelism: false,
  testTimeout: 600_000,
  hookTimeout: 600_000,
} as const;
const resultsFile = process.env["FRESHET_TEST_RESULTS"];

export default defineConfig({
  ...shared,
  test: {
    reporters: resultsFile ? ["default", ["json", { outputFile: resultsFile }]] : ["default"],
    // Native modules (LMDB, DuckDB) want processes, not threads; their start is paid once a worker, not once a file.
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...notTests, "**/*.engine.test.ts", "test/structure/**"],
          pool: "forks",
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "structure",
          include: ["test/structure/**/*.test.ts", "scripts/**/*.test.mjs"],
          exclude: notTests,
          pool: "forks",
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "engines",
          include: ["**/*.engine.test.ts"],
          exclude: [...notTests, SPARK_TESTS],
          ...alone,
        },
      },
      {
        ...shared,
        test: {
          name: "spark",
          include: [SPARK_TESTS],
          exclude: notTests,
          ...alone,
        },
      },
    ],
  },
});
