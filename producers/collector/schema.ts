import { REASONS } from "@freshet/model";
import Type from "typebox";

const Position = { shard: Type.String(), sequence: Type.String({ description: "56 decimal digits" }) };

export const EventOutcomeSchema = Type.Union([
  Type.Object({ status: Type.Literal("stored") }),
  Type.Object(
    { status: Type.Literal("spooled") },
    { description: "Safe on the collector's disk; it goes into the log when that takes it" },
  ),
  Type.Object(
    { status: Type.Literal("rejected"), reason: Type.Enum([...REASONS]), detail: Type.String(), ...Position },
    { description: "In the log, as a dead letter; sending it again would not help" },
  ),
  Type.Object(
    { status: Type.Literal("throttled"), retryAfterMs: Type.Integer() },
    { description: "Not in the log: send it again" },
  ),
]);

export const EventOutcomesSchema = Type.Object({
  outcomes: Type.Array(EventOutcomeSchema, { description: "One an event, in order" }),
});

export const EventSchema = Type.Object(
  {
    type: Type.String(),
    id: Type.String(),
    time: Type.Union([
      Type.String({ description: "ISO 8601 with a zone" }),
      Type.Integer({ description: "Epoch ms" }),
    ]),
    $version: Type.Optional(Type.Integer({ minimum: 1 })),
    $trace: Type.Optional(Type.String({ description: "W3C traceparent" })),
  },
  { additionalProperties: true, description: "An event with its fields beside `type`, `id` and `time`" },
);

const EventsSchema = Type.Array(EventSchema);

export const BodySchema = Type.Union([EventSchema, EventsSchema, Type.Object({ events: EventsSchema })]);

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
});

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: ProblemSchema } },
});

export const ROUTE_SCHEMA = {
  summary: "Send events",
  description: 'One event, an array, `{"events": [...]}`, or NDJSON (application/x-ndjson).',
  tags: ["events"],
  body: {
    content: {
      "application/json": { schema: BodySchema },
      "application/x-ndjson": { schema: Type.String({ description: "One event a line" }) },
    },
  },
  response: {
    200: {
      description: "Every event is in the log",
      content: { "application/json": { schema: EventOutcomesSchema } },
    },
    207: {
      description: "Some events are not in the log: those that are `throttled` go again after `Retry-After`",
      content: { "application/json": { schema: EventOutcomesSchema } },
    },
    400: problem("The body cannot be read; nothing is in the log"),
    401: problem("No key, or not a known one"),
    403: problem("The key does not have the scope emit"),
    413: problem("Too many bytes or events at once; nothing is in the log"),
    415: problem("Neither JSON nor NDJSON, or compressed"),
    429: problem("None of the events is in the log: too much at once; see `Retry-After`"),
    431: problem("Address and headers are too long"),
    503: problem(
      "The log cannot be written, and nobody knows whether the events are in it: send the same ones again",
    ),
  },
} as const;
