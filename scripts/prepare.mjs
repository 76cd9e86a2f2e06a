// Makes a fresh checkout runnable: dependencies, then the build. Does nothing, quickly, when nothing changed.
// Only syntax that an old Node can read stands here, so that it can say that it is too old.
import process from "node:process";

const LEAST = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  console.error(
    `Freshet needs Node ${LEAST.join(".")} or newer; this is Node ${process.versions.node} (${process.execPath}).`,
  );
  console.error("Install a newer Node, or put it first in PATH, and run the command again.");
  process.exitCode = 1;
} else {
  const { prepare } = await import("./prepare/prepare.mjs");
  process.exitCode = await prepare();
}
