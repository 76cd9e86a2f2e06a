import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSteps, outputsExist, sourcesFingerprint } from "./build.mjs";
import { installedMatches, npmCommand } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stateDir = join(root, ".prepare");
const stampFile = join(stateDir, "built");

/** Resolves to an exit code. Two at once: the second waits, then finds nothing left to do. */
export const prepare = async () => {
  if (isReady()) return 0;
  mkdirSync(stateDir, { recursive: true });
  return withLock(join(stateDir, "lock"), async () => {
    if (isReady()) return 0;
    if (!installedMatches(root)) {
      const installed = await step(
        "Installing dependencies",
        npmCommand(["ci", "--include=dev", "--loglevel=error"]),
      );
      if (installed !== 0) return installed;
    }
    const fingerprint = sourcesFingerprint(root);
    rmSync(stampFile, { force: true });
    for (const { title, command } of buildSteps(root)) {
      const built = await step(title, command);
      if (built !== 0) return built;
    }
    writeFileSync(stampFile, fingerprint);
    return 0;
  });
};

const isReady = () =>
  installedMatches(root) && outputsExist(root) && readStamp() === sourcesFingerprint(root);

const readStamp = () => {
  try {
    return readFileSync(stampFile, "utf8");
  } catch {
    return null;
  }
};

const step = async (title, command) => {
  const startedMs = performance.now();
  console.error(`${title} ...`);
  const code = await run(command, { cwd: root });
  if (code === 0) console.error(`${title}: done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  else console.error(`${title}: failed (${command.join(" ")}: exit code ${code})`);
  return code;
};
