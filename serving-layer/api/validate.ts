import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
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

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** What a query's text is to a schema: `"5"` a number, `"true"` a boolean, one value a list of it. */
const converted = (value: unknown, { type }: { readonly type?: unknown }): unknown => {
  if (type === "array") return Array.isArray(value) ? value : [value];
  if (typeof value !== "string") return value;
  if (type === "integer" || type === "number") return NUMBER.test(value) ? Number(value) : value;
  if (type === "boolean") return value === "true" ? true : value === "false" ? false : value;
  return value;
};

const convertedAll = (given: object, schema: TSchema): object => {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, object>> };
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Object.hasOwn(properties, name) ? converted(value, properties[name] as object) : value,
    ]),
  );
};

/** Query and path are texts: they become what the schema asks for; a body is taken as it is. What does not fit is refused by name. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === "body" ? given : convertedAll({ ...(given as object) }, schema);
    if (check.Check(value)) return { value };
    return { error: refusal(check.Errors(value), schema) };
  };
};
