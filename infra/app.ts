import { resolve } from "node:path";
import { loadDeployment, stageNamed } from "./config/loadDeployment.js";
import { createLineApp } from "./lineApp.js";
import { createLine } from "./line.js";

/** What the CDK's command line runs, with the context that `freshet deploy` gives. */
const app = createLineApp();
const context = (name: string): unknown => app.node.tryGetContext(`freshet:${name}`) as unknown;
const deployment = await loadDeployment(resolve(String(context("config") ?? "freshet.deploy.ts")));
createLine(app, {
  deployment,
  stage: stageNamed(String(context("stage"))),
  emulated: context("emulated") === "true",
  deleteData: context("deleteData") === "true",
});
app.synth();
