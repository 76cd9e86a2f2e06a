import Type, { type Static } from "typebox";

const NAME_CHARS_MAX = 200;
const TEXT_CHARS_MAX = 2_000;
const PAIRS_MAX = 20;

const text = (description: string) => Type.String({ maxLength: NAME_CHARS_MAX, description });
const optional = (description: string) => Type.Optional(text(description));
const pairs = (description: string) =>
  Type.Array(Type.String({ maxLength: TEXT_CHARS_MAX }), { maxItems: PAIRS_MAX, description });

const at = optional("An instant, ISO 8601 with a zone or epoch ms; the newest event time seen by default.");
const window = optional("How far back, such as 15m, 1h or 7d; 1h by default.");
const key = pairs(
  "A dimension's value as name=value, once for each; name alone asks for the group without one.",
);

const topFields = {
  window,
  at,
  by: optional("What to order by: score, or a measure's name."),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: "Rows; 20 by default." })),
  where: Type.Optional(pairs("A filter as name=value, repeatable.")),
};
const seriesFields = {
  key: Type.Optional(key),
  from: optional("Start of the range, inclusive; a day before its end by default."),
  to: optional("End of the range, exclusive; the newest event by default."),
  step: optional("Width of a point; the metric's pane by default."),
};
const strict = { additionalProperties: false };

export const MetricPath = Type.Object({ metric: Type.String({ maxLength: NAME_CHARS_MAX }) }, strict);
export const NoQuery = Type.Object({}, strict);
export const TopQuery = Type.Object(topFields, strict);
export const SeriesQuery = Type.Object(seriesFields, strict);
export const ValueQuery = Type.Object({ key: Type.Optional(key), window, at }, strict);
export const LiveQuery = Type.Object(
  {
    kind: Type.Optional(Type.Union([Type.Literal("top"), Type.Literal("series")])),
    metric: text("The metric's name."),
    ...topFields,
    ...seriesFields,
  },
  strict,
);

export type MetricPath = Static<typeof MetricPath>;
export type TopQuery = Static<typeof TopQuery>;
export type SeriesQuery = Static<typeof SeriesQuery>;
export type ValueQuery = Static<typeof ValueQuery>;
export type LiveQuery = Static<typeof LiveQuery>;
