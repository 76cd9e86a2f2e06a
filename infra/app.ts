import { resolve } from "node:path";
import { loadDeployment, loadMetrics, stageNamed } from "./config/loadDeployment.js";
import { createLineApp } from "./lineApp.js";
import { createLine } from "./line.js";

/** What the CDK's command line runs, with the context that `freshet deploy` gives. */
const app = createLineApp();
const context = (name: string): string => {
  const value: unknown = app.node.tryGetContext(`freshet:${name}`);
  return typeof value === "string" ? value : "";
};
const deployment = await loadDeployment(resolve(context("config")));
createLine(app, {
  deployment,
  stage: stageNamed(context("stage")),
  metrics: await loadMetrics(deployment.app),
  emulated: context("emulated") === "true",
  deleteData: context("deleteData") === "true",
});
app.synth();
