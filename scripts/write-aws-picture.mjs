// Writes docs/images/aws.svg, the stacks of `production` as they are synthesised, from what is built.
// With --check: writes nothing, and exits with 1 where it differs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { aDeployment } from "../infra/dist/fixtures/deployment.js";
import { createLine } from "../infra/dist/line.js";
import { createLineApp } from "../infra/dist/lineApp.js";
import { pictureStacks } from "../infra/dist/picture/graph.js";
import { pictureSvg } from "../infra/dist/picture/svg.js";

const file = new URL("../docs/images/aws.svg", import.meta.url);
const outdir = mkdtempSync(join(tmpdir(), "freshet-picture-"));
const app = createLineApp({ outdir });
const image = fileURLToPath(new URL("../infra/testing/image", import.meta.url));
const line = createLine(app, { deployment: aDeployment({ image }), stage: "production" });
app.synth();
const svg = pictureSvg(pictureStacks(line));
rmSync(outdir, { recursive: true });
if (!process.argv.includes("--check")) writeFileSync(file, svg);
else if (svg !== readFileSync(file, "utf8")) {
  console.log("docs/images/aws.svg differs: `npm run api` writes it anew");
  process.exitCode = 1;
}
