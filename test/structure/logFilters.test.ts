import { describe, expect, it } from "vitest";
import { readRepositoryFile, repositoryFiles } from "./repository.js";

const STACKS = "infra/stacks/observabilityStack.ts";

/** What alarms look for in logs is written by another package, which they cannot import. */
describe("a filter of logs", () => {
  const stack = readRepositoryFile(STACKS);
  const messages = [...stack.matchAll(/stringValue\("\$\.msg", "=", "([^"]+)"\)/g)].map(([, text]) => text);
  const values = [...stack.matchAll(/metricValue: "\$\.(\w+)"/g)].map(([, name]) => name);
  const logging = repositoryFiles()
    .filter((path) => /^(?:speed-layer|serving-layer)\/.*\.ts$/.test(path) && !/\.test\.ts$/.test(path))
    .map((path) => readRepositoryFile(path));

  it("looks for what is logged, word for word", () => {
    expect(messages.length).toBeGreaterThan(1);
    for (const message of messages)
      expect(
        logging.filter((source) => new RegExp(`logger\\.info\\([^;]*, "${message}"\\)`).test(source)),
        message,
      ).toHaveLength(1);
  });

  it("takes the value of a field that is logged with it", () => {
    expect(values).toEqual(["behindMs"]);
    for (const name of values)
      expect(logging.some((source) => new RegExp(`logger\\.info\\(\\{ ${name}:`).test(source))).toBe(true);
  });
});
