export * from "./documents/port.js";
export * from "./increments/port.js";
export * from "./lake/port.js";
export * from "./lease/port.js";
export * from "./log/port.js";
export * from "./log/recordFormat.js";
export * from "./records/port.js";
