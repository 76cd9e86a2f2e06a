import Type from "typebox";

const strict = { additionalProperties: false };

export const LeasesAnswer = Type.Object(
  {
    leases: Type.Array(
      Type.Object(
        {
          name: Type.String({ description: "A role, such as batch, or a shard as speed/SHARD" }),
          owner: Type.String(),
          pid: Type.Union([Type.Integer(), Type.Null()]),
          expires: Type.String({ format: "date-time" }),
        },
        strict,
      ),
    ),
  },
  strict,
);
