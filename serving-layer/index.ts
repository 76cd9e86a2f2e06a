export { type ApiOptions, apiPlugin } from "./api/plugin.js";
export type { ExplainMetric, MetricSql } from "./api/definitions/definitionAnswer.js";
export * as answerSchemas from "./api/schemas/answers.js";
export { createLetterDesk, type Emit, type LetterDesk } from "./letters/replayLetters.js";
export type { LetterRoutes } from "./api/routes/deadLetters.js";
export { createReader, type ReaderLogger, type ReaderSettings } from "./reader/createReader.js";
export { QuestionError, type QuestionProblem } from "./reader/questionError.js";
export type * from "./reader/reader.js";
export { readLedger } from "./reader/readLedger.js";
