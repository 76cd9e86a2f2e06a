import Type, { type Static } from "typebox";

const Text = Type.String({ minLength: 1 });
const Duration = Type.String({ pattern: "^[1-9]\\d{0,8}(ms|s|m|h|d)$" });
const Key = Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]));

const OpenSearch = Type.Object(
  {
    endpoint: Type.String({ pattern: "^https?://[^/]+$" }),
    /** Names of indices and templates begin with it and a dash. */
    prefix: Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9_.-]{0,59}$" })),
    /** By name and password, or signed as AWS wants it; neither where absent. */
    auth: Type.Optional(
      Type.Union([
        Type.Object(
          { kind: Type.Literal("basic"), username: Text, password: Text },
          { additionalProperties: false },
        ),
        Type.Object({ kind: Type.Literal("aws"), region: Text }, { additionalProperties: false }),
      ]),
    ),
    /** Of a domain of Amazon OpenSearch Service: `freshet doctor` asks for its state. */
    domain: Type.Optional(Text),
  },
  { additionalProperties: false },
);

/** What `freshet project` keeps of the newest answers, and where. */
export const Documents = Type.Object(
  {
    openSearch: Type.Optional(OpenSearch),
    /** Also in the store's own tables; the only place where there is no OpenSearch. */
    inStore: Type.Optional(Type.Boolean()),
    windows: Type.Optional(
      Type.Array(Type.Object({ window: Duration, every: Duration }, { additionalProperties: false }), {
        minItems: 1,
        maxItems: 10,
      }),
    ),
    top: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    watch: Type.Optional(
      Type.Array(Type.Object({ metric: Text, key: Key }, { additionalProperties: false }), {
        maxItems: 1_000,
      }),
    ),
    /** Windows that ended so long before the newest event are looked at again. */
    reopen: Type.Optional(Duration),
    /** Documents of older windows go. */
    keep: Type.Optional(Duration),
    everyMs: Type.Optional(Type.Integer({ minimum: 50 })),
  },
  { additionalProperties: false },
);

export type DocumentsConfig = Readonly<Static<typeof Documents>>;
