import type { AppDocument } from "../../app.js";
import type { EventScanner, FieldNeed } from "./columns.js";
import { createCompiledScanner } from "./scanner.js";
import { createKernelScanner } from "./wasm/scanner.js";

/** The fastest scanner that can run here and read these schemas: in WebAssembly, else in generated JavaScript. */
export const createEventScanner = (app: AppDocument, needs: readonly FieldNeed[]): EventScanner =>
  createKernelScanner(app, needs) ?? createCompiledScanner(app, needs);
