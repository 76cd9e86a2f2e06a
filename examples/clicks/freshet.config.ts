/** The click stream that `freshet load` sends. */
export { clicks as default } from "@freshet/simulators";
