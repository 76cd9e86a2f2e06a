import Type, { type TSchema } from "typebox";

declare module "fastify" {
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
    /** Not in the OpenAPI document. */
    hide?: boolean;
    /** Empty: no key is asked for. */
    security?: readonly [];
  }
}

/** Of a route that is no part of the API's description. */
export const HIDDEN = { hide: true } as const;

const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: "What to change" }),
  parameter: Type.Optional(Type.String({ description: "The parameter at fault" })),
  suggestion: Type.Optional(Type.String({ description: "The nearest name that exists" })),
});

const DESCRIPTIONS = {
  400: "The question cannot be answered as it is asked",
  401: "A key is needed",
  403: "The key does not allow this",
  404: "There is no such thing",
  413: "Too much at once",
  415: "The body is not of the type that is asked for",
  429: "The key's rate is used up: see Retry-After",
  431: "Address and headers are too long",
  503: "Not now: see Retry-After",
} as const;

export type ProblemStatus = keyof typeof DESCRIPTIONS;

const ALWAYS: readonly ProblemStatus[] = [401, 403, 429, 431, 503];

/** A route's responses: its answer, and the problems that it can answer with beside those that every route can. */
export const responses = (answer: TSchema, description: string, ...problems: readonly ProblemStatus[]) =>
  responsesAs("application/json", answer, description, ...problems);

/** The same with another media type. */
export const responsesAs = (
  mediaType: string,
  answer: TSchema,
  description: string,
  ...problems: readonly ProblemStatus[]
) => ({
  200: { description, content: { [mediaType]: { schema: answer } } },
  ...Object.fromEntries(
    [...ALWAYS, ...problems].map((status) => [
      status,
      {
        description: DESCRIPTIONS[status],
        content: { "application/problem+json": { schema: ProblemSchema } },
      },
    ]),
  ),
});
