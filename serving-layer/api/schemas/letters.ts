import { REASONS } from "@freshet/model";
import Type, { type Static } from "typebox";

const PLACE_CHARS_MAX = 400;
const PLACES_MAX = 1_000;
const TEXT_CHARS_MAX = 500;
const BODY_CHARS_MAX = 256 * 1024;
const FIELDS_MAX = 100;
const STEPS_MAX = 32;
const LETTERS_MAX = 1_000;

const strict = { additionalProperties: false };
const instant = Type.String({ format: "date-time" });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const count = Type.Integer({ minimum: 0 });
const ReasonSchema = Type.Union(REASONS.map((reason) => Type.Literal(reason)));
const place = Type.String({ maxLength: PLACE_CHARS_MAX });

const filterFields = {
  reason: Type.Optional(ReasonSchema),
  type: Type.Optional(Type.String({ maxLength: TEXT_CHARS_MAX })),
  from: Type.Optional(
    Type.String({ maxLength: 40, description: "Arrived at or after: ISO 8601 or epoch ms." }),
  ),
  to: Type.Optional(Type.String({ maxLength: 40, description: "Arrived at or before." })),
  text: Type.Optional(
    Type.String({
      maxLength: TEXT_CHARS_MAX,
      description: "What the event, its id, type or the detail holds.",
    }),
  ),
  replayed: Type.Optional(Type.Boolean({ description: "Only those that were replayed, or were not." })),
  after: Type.Optional(
    Type.String({ maxLength: PLACE_CHARS_MAX, description: "`next` of the page before." }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LETTERS_MAX, description: "50 by default." })),
};

export const LettersQuery = Type.Object(filterFields, strict);
export type LettersQuery = Static<typeof LettersQuery>;

export const LetterSchema = Type.Object(
  {
    place: Type.String({ description: "Names the letter; opaque." }),
    shard: Type.String(),
    sequence: Type.String(),
    subsequence: count,
    arrival: instant,
    reason: ReasonSchema,
    detail: Type.String(),
    type: nullable(Type.String()),
    id: nullable(Type.String()),
    time: nullable(instant),
    body: Type.String({ description: "The event's text, cut to 64 KiB." }),
    replay: nullable(Type.Object({ id: Type.String(), at: instant }, strict)),
  },
  strict,
);

export const LettersAnswer = Type.Object(
  { total: count, letters: Type.Array(LetterSchema), next: nullable(Type.String()) },
  strict,
);

export const MendSchema = Type.Union([
  Type.Object({ kind: Type.Literal("none") }, strict),
  Type.Object({ kind: Type.Literal("body"), body: Type.String({ maxLength: BODY_CHARS_MAX }) }, strict),
  Type.Object(
    {
      kind: Type.Literal("set"),
      fields: Type.Array(
        Type.Object(
          {
            path: Type.Array(Type.String({ maxLength: TEXT_CHARS_MAX }), {
              minItems: 1,
              maxItems: STEPS_MAX,
            }),
            value: Type.Unknown({
              description:
                "An expression as JSON: {kind: literal, value}, {kind: field, type, path} or {kind: call, name, args}.",
            }),
          },
          strict,
        ),
        { minItems: 1, maxItems: FIELDS_MAX },
      ),
    },
    strict,
  ),
]);

export const ReplayBody = Type.Object(
  {
    places: Type.Optional(Type.Array(place, { minItems: 1, maxItems: PLACES_MAX })),
    filter: Type.Optional(LettersQuery),
    mend: MendSchema,
    dryRun: Type.Boolean(),
  },
  {
    ...strict,
    examples: [{ filter: { reason: "wrong_type", replayed: false }, mend: { kind: "none" }, dryRun: true }],
  },
);
export type ReplayBody = Static<typeof ReplayBody>;

const outcomeFields = {
  id: nullable(Type.String()),
  letters: count,
  replayedBefore: count,
  mended: count,
  stillBad: Type.Object(Object.fromEntries(REASONS.map((reason) => [reason, Type.Optional(count)])), strict),
  notTaken: count,
  effect: Type.Array(
    Type.Object(
      { metric: Type.String(), events: count, groups: count, from: instant, to: instant },
      { ...strict, description: "What the events add; `to` is exclusive." },
    ),
  ),
  next: nullable(Type.String()),
};

export const ReplayAnswer = Type.Object(
  {
    ...outcomeFields,
    samples: Type.Array(
      Type.Object({ place: Type.String(), reason: ReasonSchema, detail: Type.String() }, strict),
    ),
  },
  strict,
);

export const ReplaysQuery = Type.Object(
  {
    after: filterFields.after,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LETTERS_MAX, description: "100 by default." })),
  },
  strict,
);
export type ReplaysQuery = Static<typeof ReplaysQuery>;

export const ReplaysAnswer = Type.Object(
  {
    replays: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          at: instant,
          who: Type.String(),
          chosen: Type.Unknown(),
          mend: Type.Unknown(),
          outcome: nullable(Type.Object(outcomeFields, strict)),
        },
        strict,
      ),
    ),
    next: nullable(Type.String()),
  },
  strict,
);
