export type * from "./answers.js";
export {
  type AskOptions,
  type Client,
  type ClientOptions,
  createClient,
  type LiveOptions,
} from "./client.js";
export { applyChange, type LiveChange, type Run } from "./live/change.js";
export { followLive, type LiveListener, type LiveSource } from "./live/followLive.js";
export { ProblemError, UnreachableError } from "./problem.js";
export type {
  ExpectedQuestion,
  Instant,
  Key,
  SeriesQuestion,
  TopQuestion,
  ValueQuestion,
} from "./questions.js";
