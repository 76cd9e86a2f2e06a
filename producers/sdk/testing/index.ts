export { type SqsDouble, startSqsDouble } from "./sqsDouble.js";
