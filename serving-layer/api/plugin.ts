import { type Access, LOCAL_ACCESS, type Leases, type RequestCounts } from "@freshet/storage";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Books } from "../books/books.js";
import type { Reader } from "../reader/reader.js";
import { boundQuestions, enforceAccess } from "./access.js";
import { noteAllowedMethods } from "./allowedMethods.js";
import type { ExplainMetric } from "./definitions/definitionAnswer.js";
import { allowOrigins } from "./cors.js";
import { handleError, handleNotFound } from "./errorHandler.js";
import { type LetterRoutes, registerDeadLetters } from "./routes/deadLetters.js";
import { registerDefinition } from "./routes/definition.js";
import { registerDrift } from "./routes/drift.js";
import { registerGenerations } from "./routes/generations.js";
import { registerRuns } from "./routes/runs.js";
import { registerHealth } from "./routes/health.js";
import { registerLeases } from "./routes/leases.js";
import { registerLedger } from "./routes/ledger.js";
import { type LiveSettings, registerLive } from "./routes/live.js";
import { registerPage } from "./routes/page.js";
import { registerPrometheus } from "./routes/prometheus.js";
import { registerQuestions } from "./routes/questions.js";
import { registerSql } from "./routes/sql.js";
import type { SqlDesk } from "../sql/sqlDesk.js";
import { createJson } from "./json.js";
import { compileValidator } from "./validate.js";

export interface ApiOptions {
  /** Who may ask; by default whoever reaches this machine by its loopback address. */
  readonly access?: Access;
  /** Origins whose pages may ask; `*` for any. None by default. */
  readonly corsOrigins?: readonly string[];
  readonly live?: Partial<LiveSettings>;
  /** The SQL that counts a metric, to be shown with its definition; none by default. */
  readonly explainMetric?: ExplainMetric;
  /** Without it there are no routes of dead letters. */
  readonly letters?: LetterRoutes;
  /** Without it there is no SQL. It is closed with the server. */
  readonly sql?: SqlDesk;
  /** Without them there are no routes of drift, the ledger by hour and generations. */
  readonly books?: Books;
  /** Who owns which shard; without it there is no route that says so. */
  readonly leases?: Pick<Leases, "list">;
  /** What this process sent to its store's services, for `/metrics`. */
  readonly requests?: RequestCounts;
}

const LIVE: LiveSettings = { answerEveryMs: 150, heartbeatEveryMs: 15_000 };

/** The API and the dashboard, for one fastify server. */
export const apiPlugin =
  (reader: Reader, options: ApiOptions = {}): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    const jsonOf = createJson();
    noteAllowedMethods(app);
    app.setErrorHandler(handleError);
    app.setNotFoundHandler(handleNotFound);
    app.setValidatorCompiler(compileValidator);
    // Answers are typed and small: serialising them by their schema would only be a second way to be wrong.
    app.setSerializerCompiler(() => jsonOf);
    allowOrigins(app, options.corsOrigins ?? []);
    enforceAccess(app, options.access ?? LOCAL_ACCESS);
    boundQuestions(app);
    registerHealth(app);
    registerQuestions(app, reader);
    registerDefinition(app, reader, options.explainMetric ?? (() => []));
    registerPrometheus(app, reader, options);
    if (options.books) {
      registerDrift(app, reader, options.books);
      registerLedger(app, options.books);
      registerGenerations(app, options.books);
      registerRuns(app, options.books);
    }
    if (options.letters) registerDeadLetters(app, options.letters);
    if (options.sql) registerSql(app, options.sql);
    if (options.leases) registerLeases(app, options.leases);
    registerLive(app, reader, { ...LIVE, ...options.live });
    await registerPage(app);
  };
