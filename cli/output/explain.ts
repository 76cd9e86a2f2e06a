import { ProblemError, UnreachableError } from "@freshet/client";
import { DefinitionError } from "@freshet/model";
import { ReplayFuseError } from "@freshet/producers";
import { GenerationUnreadable, QuestionError } from "@freshet/serving-layer";
import { SpeedFailure } from "@freshet/speed-layer";
import { StorageError } from "@freshet/storage";
import { EXIT, type ExitCode, Failure } from "./failure.js";

export interface Explained {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** What a user reads of an error: expected ones as one message, a defect with its stack. */
export const explain = (error: unknown): Explained => {
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof StorageError) return { message: error.message, exitCode: EXIT.refused };
  if (error instanceof GenerationUnreadable) return { message: error.message, exitCode: EXIT.refused };
  if (error instanceof QuestionError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof ReplayFuseError) return { message: error.message, exitCode: EXIT.stopped };
  if (error instanceof SpeedFailure) {
    return { message: error.message, exitCode: error.kind === "storage" ? EXIT.refused : EXIT.stopped };
  }
  if (error instanceof UnreachableError || error instanceof ProblemError)
    return { message: error.message, exitCode: EXIT.failed };
  if (error instanceof DefinitionError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof Error) return { message: error.stack ?? error.message, exitCode: EXIT.failed };
  return { message: String(error), exitCode: EXIT.failed };
};
