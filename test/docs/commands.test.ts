import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPage } from "../structure/markdown.js";
import { repositoryFile, temporaryDirectory } from "../support/freshet.js";

/** Pages whose `sh` blocks are run, in order, as they stand there: only the data directory is another. */
const PAGES = ["README.md", "docs/getting-started.md", "examples/github/README.md"];
const START = "npm start";

const directory = temporaryDirectory();

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

const shell = (command: string): { readonly child: ChildProcess; readonly done: Promise<Outcome> } => {
  const child = spawn("bash", ["-c", command], {
    cwd: repositoryFile("."),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const take = (text: string): void => {
    output += text;
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
  return { child, done };
};

const addressIn = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let seen = "";
    const look = (text: string): void => {
      seen += text;
      const address = /http:\/\/[\d.]+:\d+/.exec(seen)?.[0];
      if (address) resolve(address);
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.on("close", () => reject(new Error(`ended without an address: ${seen}`)));
  });

afterAll(() => directory.remove());

describe.each(PAGES)("the commands of %s", (path) => {
  const { commands, outputs } = readPage(readFileSync(repositoryFile(path), "utf8"));
  const data = join(directory.path, path.replaceAll("/", "-"));

  it("are marked to be run", () => {
    expect(commands.length).toBeGreaterThan(1);
  });

  let printed = "";

  it.each(commands.filter((command) => command !== START))("%s", async (command) => {
    expect(command).toMatch(/^npx freshet /);
    expect(command).toContain("--data .freshet-github");
    const { code, output } = await shell(command.replace(".freshet-github", data)).done;
    expect(code, output).toBe(0);
    expect(output.trim()).not.toBe("");
    printed += output;
  });

  it.each(outputs)("print %s", (output) => {
    expect(printed).toContain(output);
  });
});

describe("npm start", () => {
  it("serves the page, and stops when it is told to", async () => {
    const manifest = JSON.parse(readFileSync(repositoryFile("package.json"), "utf8")) as {
      scripts: { start: string };
    };
    expect(manifest.scripts.start).toContain("--data .freshet ");
    const command = manifest.scripts.start.replace(
      "--data .freshet",
      `--data ${join(directory.path, "start")} --port 0`,
    );
    const { child, done } = shell(`exec ${command}`);
    try {
      const address = await addressIn(child);
      expect((await fetch(`${address}/healthz`)).status).toBe(200);
      const page = await fetch(address);
      expect(page.headers.get("content-type")).toContain("text/html");
      expect(await page.text()).toContain("Freshet");
    } finally {
      child.kill("SIGTERM");
    }
    const { code, output } = await done;
    expect(code, output).toBe(0);
  });
});
