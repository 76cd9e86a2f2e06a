import { EVENTS_PER_SECOND_MAX, EVENTS_PER_VCPU } from "@freshet/model";
import Type, { type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const Duration = Type.String({ pattern: "^[0-9]{1,9}(?:ms|s|m|h|d)$" });

const Retention = Type.Object(
  {
    /** How long the stream keeps records: 24h to 365d. What is not folded and landed by then is lost. */
    stream: Duration,
    /** How long the raw lake keeps events; absent: for ever. A rebuild counts what is still there. */
    lake: Type.Optional(Duration),
    /** After it raw events lie in a Glacier class that still answers at once; absent: never. */
    archiveAfter: Type.Optional(Duration),
  },
  closed,
);

/** What the stage must carry at its busiest. All sizes follow from it: `sizesFor` of @freshet/model; `freshet plan` prints one. */
const Scale = Type.Object(
  {
    eventsPerSecond: Type.Integer({ minimum: 1, maximum: EVENTS_PER_SECOND_MAX }),
    /** Mean bytes of an event's JSON. */
    bytesPerEvent: Type.Integer({ minimum: 16, maximum: 1_000_000 }),
    /** Keys of the largest metric that are live at once. */
    keys: Type.Integer({ minimum: 1, maximum: 100_000_000 }),
    /** Events that producers put in a record of the stream, on average; absent: 1, as where none are aggregated. */
    eventsPerRecord: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_536 })),
    /** What a vCPU folds; absent: as much as is taken for granted. */
    eventsPerVcpu: Type.Optional(Type.Integer({ minimum: 1, maximum: EVENTS_PER_VCPU })),
    retention: Retention,
  },
  closed,
);

const Alarms = Type.Object(
  {
    /** Failures and alarms are mailed to it, once it has confirmed the subscription. */
    email: Type.String({ pattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$" }),
    budgetUsdPerMonth: Type.Number({ exclusiveMinimum: 0, maximum: 10_000_000 }),
    /** An event that is emitted is to be seen within it. */
    freshness: Type.Optional(Duration),
  },
  closed,
);

const Stage = Type.Object(
  {
    account: Type.String({ pattern: "^[0-9]{12}$" }),
    region: Type.String({ pattern: "^[a-z]{2}(?:-[a-z]+)+-[0-9]$" }),
    scale: Scale,
    alarms: Alarms,
    /** Provisioned shards are reckoned from `scale`. */
    stream: Type.Union([Type.Literal("on-demand"), Type.Literal("provisioned")]),
    /** Who folds: workers on Fargate, or a function behind Kinesis' event source mapping. */
    speed: Type.Union([Type.Literal("workers"), Type.Literal("lambda")]),
    batch: Type.Object(
      {
        engine: Type.Union([Type.Literal("duckdb"), Type.Literal("spark")]),
        /** Between the starts of two runs: 15m to 1d. */
        every: Duration,
      },
      closed,
    ),
    /** A domain of OpenSearch for trend documents. */
    search: Type.Boolean(),
    serving: Type.Object(
      {
        /** Of a certificate in the stage's region, for the load balancer's TLS. */
        certificateArn: Type.String({ pattern: "^arn:aws[a-z-]*:acm:" }),
        /** Networks that may reach the API; absent: everybody, each with a key. */
        allowedNetworks: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
      },
      closed,
    ),
  },
  closed,
);

const Deployment = Type.Object(
  {
    /** Before the names of all stacks. */
    name: Type.String({ pattern: "^[a-z][a-z0-9-]{0,19}$" }),
    /** The folder of a Dockerfile whose image runs `freshet` with the app's config, relative to this file. */
    image: Type.String({ minLength: 1 }),
    /** The app's config, relative to this file: each of its metrics has a table in the catalogue. Absent: none has. */
    app: Type.Optional(Type.String({ minLength: 1 })),
    staging: Stage,
    production: Stage,
  },
  closed,
);

export const STAGES = ["staging", "production"] as const;
export type StageName = (typeof STAGES)[number];

export type ScaleConfig = Readonly<Static<typeof Scale>>;
export type StageConfig = Readonly<Static<typeof Stage>>;
export type DeploymentConfig = Readonly<Static<typeof Deployment>>;

export const deploymentSchema = Deployment;

/** What a `freshet.deploy.ts` exports by default: its type is checked where it is written, its values when it is read. */
export const defineDeployment = (deployment: DeploymentConfig): DeploymentConfig => deployment;
