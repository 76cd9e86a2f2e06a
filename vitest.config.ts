import { defineConfig } from "vitest/config";

const shared = {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
};
const notTests = ["**/node_modules/**", "**/dist/**"];
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
          exclude: notTests,
          pool: "forks",
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
