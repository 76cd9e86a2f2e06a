import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Conformance {
  readonly operations: { readonly total: number; readonly tested: number; readonly errored: number };
  readonly test_cases: { readonly generated: number; readonly with_failures: number };
  /** Requests that fit the document, by operation and phase: taken by the server, or refused by it. */
  readonly valid_rates: Readonly<Record<string, Readonly<Record<string, { readonly accepted: number }>>>>;
}

export interface ConformanceRun {
  readonly name: string;
  readonly address: string;
  readonly key: string;
  readonly seed: number;
  /** Of each operation. */
  readonly examplesMax: number;
  /** Parameters that are given, such as `path.metric`; the others are made up. */
  readonly given: Readonly<Record<string, string | readonly string[]>>;
}

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "ignored_auth",
];
const REFUSALS = [400, 404, 405, 413, 415, 431];
const TIMEOUT_MS = 280_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

const settings = (given: ConformanceRun["given"]): string =>
  [
    "[parameters]",
    ...Object.entries(given).map(([name, value]) => `"${name}" = ${JSON.stringify(value)}`),
    "[checks.negative_data_rejection]",
    `expected-statuses = ${JSON.stringify(REFUSALS)}`,
    // The collector takes what it cannot count: it becomes a dead letter.
    "[[operations]]",
    'include-path = "/v1/events"',
    `checks.negative_data_rejection.expected-statuses = ${JSON.stringify([200, ...REFUSALS])}`,
    "",
  ].join("\n");

const lastLines = (text: string): string => text.slice(-20_000);

/** Holds a server against its own OpenAPI document, all but the stream that never ends. @throws Error with what was found */
export const runSchemathesis = async (directory: string, run: ConformanceRun): Promise<Conformance> => {
  const program = process.env["FRESHET_SCHEMATHESIS"];
  if (!program)
    throw new Error("FRESHET_SCHEMATHESIS is not set: `npm run test:engines` installs Schemathesis");
  const config = join(directory, `${run.name}.toml`);
  const report = join(directory, `${run.name}.json`);
  writeFileSync(config, settings(run.given));
  const args = [
    ...["--config-file", config, "--no-color", "run", `${run.address}/openapi.json`],
    ...["--header", `Authorization: Bearer ${run.key}`, "--exclude-path", "/v1/live"],
    ...["--checks", CHECKS.join(","), "--phases", "examples,coverage,fuzzing", "--continue-on-failure"],
    ...["--seed", String(run.seed), "--max-examples", String(run.examplesMax), "--warnings", "off"],
    ...["--report", "json", "--report-json-path", report],
  ];
  await promisify(execFile)(program, args, {
    cwd: directory,
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  }).catch(({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => {
    throw new Error(lastLines(`${stdout}\n${stderr}`));
  });
  return JSON.parse(readFileSync(report, "utf8")) as Conformance;
};
