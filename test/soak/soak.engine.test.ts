import { execFile } from "node:child_process";
import { expect, it } from "vitest";
import { repositoryFile } from "../support/freshet.js";

const SECONDS = Number(process.env["FRESHET_SOAK_SECONDS"] ?? 30);
const OVERLOAD_SECONDS = 10;

interface Told {
  readonly name: string;
  readonly value: number;
  readonly max?: number;
  readonly detail?: string;
}

/** What must be so on any machine; how fast it is, `npm run soak` judges, on one that does nothing else. */
const ANYWHERE = [
  "nothing is lost, nothing counted twice",
  "back-pressure reaches the producers",
  "all that was accepted is counted",
  "it is whole again",
];

const soak = (): Promise<readonly Told[]> =>
  new Promise((resolve) => {
    const args = ["--seconds", String(SECONDS), "--overload-seconds", String(OVERLOAD_SECONDS)];
    execFile(
      process.execPath,
      ["test/dist/soak/soak.js", ...args],
      { cwd: repositoryFile(".") },
      (_error, stdout, stderr) => {
        console.log(stdout, stderr);
        resolve(
          stdout
            .split("\n")
            .filter((line) => line.startsWith("{"))
            .map((line) => JSON.parse(line) as Told),
        );
      },
    );
  });

it("holds the rate of 150 billion events a month, three times as much, and is itself again: nothing is lost", async () => {
  const told = await soak();
  for (const name of ANYWHERE) {
    const one = told.find((each) => each.name === name);
    expect(one?.value, `${name}: ${one?.detail ?? "not told"}`).toBe(1);
  }
  const memory = told.find(({ name }) => name === "most memory");
  expect(memory?.value).toBeLessThan(memory?.max ?? 0);
});
