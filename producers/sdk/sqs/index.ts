export { openSqsSpool, type SqsSpoolOptions } from "./sqsSpool.js";
