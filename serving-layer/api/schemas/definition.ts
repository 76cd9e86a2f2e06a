import Type from "typebox";

const strict = { additionalProperties: false };

export const DefinitionAnswerSchema = Type.Object(
  {
    metric: Type.String(),
    versions: Type.Array(
      Type.Object(
        {
          hash: Type.String({ description: "Equal hashes count alike" }),
          revisions: Type.Array(Type.Integer({ minimum: 1 }), {
            description: "App revisions that define the metric so",
          }),
          text: Type.String({ description: "As it is written in an app, with every default said" }),
          document: Type.Object({}, { additionalProperties: true, description: "The definition as data" }),
          sql: Type.Array(Type.Object({ title: Type.String(), sql: Type.String() }, strict), {
            description: "What batch counts it with, for people to read",
          }),
        },
        strict,
      ),
      { description: "The newest first" },
    ),
  },
  strict,
);
