import type { FunctionName } from "../expression.js";
import { INTEGER } from "./integer.js";
import { LOGIC } from "./logic.js";
import type { FunctionRule } from "./rule.js";
import { TEXT } from "./text.js";

export const FUNCTIONS: Readonly<Record<FunctionName, FunctionRule>> = { ...LOGIC, ...TEXT, ...INTEGER };
