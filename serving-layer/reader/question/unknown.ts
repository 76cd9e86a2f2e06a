import { nearest, suggestion } from "@freshet/model";
import { type QuestionProblem, QuestionError } from "../questionError.js";

const NAME_CHARS_SHOWN = 80;

/** An error for a name that is not there: it says what was meant, or what there is. */
export const unknownName = (
  kind: QuestionProblem,
  parameter: string,
  what: string,
  wanted: string,
  names: readonly string[],
): QuestionError =>
  new QuestionError(
    kind,
    parameter,
    `unknown ${what} "${wanted.slice(0, NAME_CHARS_SHOWN)}": ${suggestion(wanted, names)}`,
    nearest(wanted, names),
  );
