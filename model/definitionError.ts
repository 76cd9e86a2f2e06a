/** A definition that cannot be accepted: where it stands, what was expected, what to do. */
export class DefinitionError extends Error {
  override readonly name = "DefinitionError";
  constructor(
    /** Such as `metrics["article-views"].measures.dwell`; empty until an enclosing definition names it. */
    readonly path: string,
    /** What was expected and what was found, as one sentence. */
    readonly problem: string,
    /** What to do about it; may be empty. */
    readonly advice: string,
  ) {
    super(`${path === "" ? "" : `${path}: `}${problem}${advice === "" ? "" : `; ${advice}`}`);
  }
}

export const refuse = (problem: string, advice = ""): never => {
  throw new DefinitionError("", problem, advice);
};

/** Runs `define`; a DefinitionError that it throws gets `step` before its path. */
export const within = <T>(step: string, define: () => T): T => {
  try {
    return define();
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const dot = error.path === "" || error.path.startsWith("[") ? "" : ".";
    throw new DefinitionError(`${step}${dot}${error.path}`, error.problem, error.advice);
  }
};

/** A path step: `.name` where that can be written, else `["na me"]`. */
export const member = (parent: string, name: string): string =>
  /^[A-Za-z_]\w*$/.test(name)
    ? `${parent}${parent === "" ? "" : "."}${name}`
    : `${parent}[${JSON.stringify(name)}]`;
