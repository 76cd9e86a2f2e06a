import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { nearest } from "@freshet/model";
import { ProblemError, problem } from "./problem.js";

interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
}

const refusal = (faults: readonly SchemaFault[], schema: TSchema): ProblemError => {
  const unknown = faults.find(({ keyword, instancePath }) => keyword === "boolean" && instancePath !== "");
  const fault = unknown ?? faults[0];
  const parameter = (fault?.instancePath ?? "").split("/")[1] ?? "";
  const names = Object.keys((schema as { readonly properties?: object }).properties ?? {});
  if (unknown) {
    const near = nearest(parameter, names);
    const way = near
      ? `did you mean "${near}"?`
      : names.length > 0
        ? `there are: ${names.join(", ")}`
        : "there is none";
    return new ProblemError(
      problem(
        "unknown_parameter",
        "There is no such parameter",
        400,
        `unknown parameter "${parameter.slice(0, 80)}": ${way}`,
        {
          parameter: parameter.slice(0, 80),
          ...(near ? { suggestion: near } : {}),
        },
      ),
    );
  }
  const detail = parameter === "" ? (fault?.message ?? "") : `${parameter}: ${fault?.message}`;
  return new ProblemError(
    problem(
      "bad_parameter",
      "A parameter cannot be read",
      400,
      detail,
      parameter === "" ? {} : { parameter },
    ),
  );
};

/** Text to what the schema asks for (numbers, one value to a list); what does not fit is refused by name. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    const value = Value.Convert(schema, Value.Clone({ ...(given as object) }));
    if (check.Check(value)) return { value };
    return { error: refusal(check.Errors(value), schema) };
  };
};
