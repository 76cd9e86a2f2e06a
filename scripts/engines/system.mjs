import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../prepare/run.mjs";

export const inPath = (program) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((file) => existsSync(file));

/** What a command prints on both streams; null when it cannot be run or fails. */
export const outputOf = (program, args) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? stdout + stderr : null;
};

/** As root on Debian or Ubuntu; elsewhere nothing. */
export const installDebianPackages = async (packages) => {
  const apt = inPath("apt-get");
  if (!apt || process.getuid?.() !== 0) return;
  console.error(`Installing ${packages.join(", ")} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run([apt, "update", "-qq"], { env });
  await run([apt, "install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
};
