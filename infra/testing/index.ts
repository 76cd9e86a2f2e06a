export { aDeployment } from "../fixtures/deployment.js";
export { definitionOf, interpret, type Interpreted, RESOLVED, type TaskStub } from "./interpreter.js";
export { synthesised } from "./templates.js";
