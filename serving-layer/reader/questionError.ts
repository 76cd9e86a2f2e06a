/** What is wrong with a question. The names are part of the API's problem documents. */
export type QuestionProblem =
  | "unknown_metric"
  | "unknown_measure"
  | "unknown_dimension"
  | "missing_dimension"
  | "bad_parameter"
  | "too_large";

/** A question that cannot be answered as asked; the message says what to change. */
export class QuestionError extends Error {
  override readonly name = "QuestionError";
  constructor(
    readonly kind: QuestionProblem,
    /** The parameter at fault, as the API names it. */
    readonly parameter: string,
    message: string,
    /** The nearest name that exists, for an unknown one. */
    readonly suggestion: string | null = null,
  ) {
    super(message);
  }
}
