// `npm run test:engines`: tests that need something outside npm (a browser), and the long ones.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare/prepare.mjs";
import { run } from "./prepare/run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** The second is a font: a page without one is a page of boxes. */
const DEBIAN_PACKAGES = ["chromium", "fonts-dejavu-core"];

const inPath = (program) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((file) => existsSync(file));

const findChromium = () => process.env.FRESHET_CHROMIUM || BROWSERS.map(inPath).find(Boolean);

const installChromium = async () => {
  const apt = inPath("apt-get");
  if (!apt || process.getuid?.() !== 0) return;
  console.error(`Installing ${DEBIAN_PACKAGES.join(", ")} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run([apt, "update", "-qq"], { env });
  await run([apt, "install", "-y", "-qq", "--no-install-recommends", ...DEBIAN_PACKAGES], { env });
};

const main = async () => {
  const prepared = await prepare();
  if (prepared !== 0) return prepared;
  if (!findChromium()) await installChromium();
  const chromium = findChromium();
  if (!chromium) {
    console.error("The browser tests need Chromium, and none was found.");
    console.error(`Debian, Ubuntu: apt-get install ${DEBIAN_PACKAGES.join(" ")}`);
    console.error("Elsewhere: install Chromium or Chrome, or set FRESHET_CHROMIUM to its executable.");
    return 1;
  }
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  return run([process.execPath, vitest, "run", "--project", "engines", ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, FRESHET_CHROMIUM: chromium },
  });
};

process.exitCode = await main();
