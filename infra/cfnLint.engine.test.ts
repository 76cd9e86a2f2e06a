import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { STAGES } from "./config/deployment.js";
import { synthesised } from "./testing/templates.js";

interface Finding {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Location: { readonly Path?: readonly unknown[] };
  readonly Rule: { readonly Id: string };
}

/** Rules that are not about what the templates say. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  W6001: "The store is named in one place, by what other stacks make: that is what the output is for.",
  W3005: "The CDK names dependencies that references imply already; they do no harm.",
};

const findings = async (
  folder: string,
  files: readonly string[],
  region: string,
): Promise<readonly Finding[]> => {
  const program = process.env["FRESHET_CFN_LINT"];
  if (!program) throw new Error("FRESHET_CFN_LINT is not set: run this by `npm run test:engines`");
  const run = promisify(execFile)(
    program,
    ["--format", "json", "--regions", region, "--ignore-checks", ...Object.keys(LEFT_OUT), "--", ...files],
    { cwd: folder, maxBuffer: 64 << 20 },
  );
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
    // it ends with another code than 0 where it finds something
    if (error.stdout.trim().startsWith("[")) return error;
    throw new Error(error.stderr);
  });
  return stdout.trim() === "" ? [] : (JSON.parse(stdout) as Finding[]);
};

const scratch = async (templates: Readonly<Record<string, unknown>>) => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-cfn-lint-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = Object.keys(templates).map((name) => `${name}.json`);
  for (const [name, template] of Object.entries(templates))
    await writeFile(join(folder, `${name}.json`), JSON.stringify(template));
  return { folder, files };
};

describe("cfn-lint", () => {
  it.each(STAGES)("finds nothing in the templates of %s", async (stage) => {
    const { folder, files } = await scratch(synthesised(stage).templates);
    expect(files.length).toBeGreaterThan(11);
    const found = await findings(folder, files, "eu-west-1");
    expect(
      found.map(({ Filename, Rule, Message, Location }) => [
        Filename,
        Rule.Id,
        Message,
        Location.Path?.join("/"),
      ]),
    ).toEqual([]);
  });

  it("would find a property that there is not, and a value that cannot be", async () => {
    const planted = {
      Resources: {
        Stream: { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: "many", Sharts: 2 } },
      },
    };
    const { folder, files } = await scratch({ planted });
    const ids = (await findings(folder, files, "eu-west-1")).map(({ Rule }) => Rule.Id);
    expect(ids.sort()).toEqual(["E3002", "E3012"]);
  });
});
