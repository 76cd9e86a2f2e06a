import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { explainProblem } from "../../sql/explainProblem.js";
import type { SqlAnswered, SqlOutcome } from "../../sql/outcome.js";
import type { SqlFormat } from "../../sql/process/messages.js";
import { FUNCTIONS } from "../../sql/relation/relations.js";
import type { SqlDesk } from "../../sql/sqlDesk.js";
import { sendDigested } from "../etag.js";
import { ProblemError, problem } from "../problem.js";
import { NoQuery } from "../schemas/questions.js";
import { responses } from "../schemas/responses.js";
import { SqlAnswerSchema, SqlBody, SqlTablesSchema } from "../schemas/sql.js";

const RETRY_AFTER_SECONDS = 1;
const MEDIA_TYPES: Readonly<Record<SqlFormat, string>> = {
  json: "application/json; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
  arrow: "application/vnd.apache.arrow.stream",
  parquet: "application/vnd.apache.parquet",
};
const EXTENSIONS: Readonly<Record<SqlFormat, string>> = {
  json: "json",
  csv: "csv",
  arrow: "arrows",
  parquet: "parquet",
};
const FORMATS = Object.keys(MEDIA_TYPES) as readonly SqlFormat[];

const mediaType = (format: SqlFormat): string => MEDIA_TYPES[format].split(";")[0] as string;

/** The first that is named; whoever takes anything gets JSON. */
const formatOf = ({ body, headers }: FastifyRequest<{ Body: SqlBody }>): SqlFormat => {
  if (body.format) return body.format;
  for (const taken of (headers.accept ?? "").split(",")) {
    const type = (taken.split(";")[0] ?? "").trim().toLowerCase();
    const format = FORMATS.find((each) => mediaType(each) === type);
    if (format) return format;
  }
  return "json";
};

const answerOf = (outcome: SqlOutcome): SqlAnswered => {
  switch (outcome.kind) {
    case "answered":
      return outcome.answer;
    case "busy":
      throw new ProblemError(
        problem("busy", "Other statements are running", 503, "Try again in a second."),
        RETRY_AFTER_SECONDS,
      );
    case "refused": {
      const { kind, title, detail, again } = explainProblem(outcome.problem);
      throw new ProblemError(
        problem(kind, title, again ? 503 : 400, detail),
        again ? RETRY_AFTER_SECONDS : null,
      );
    }
  }
};

async function* fileOf({ file, dispose }: SqlAnswered): AsyncGenerator<Buffer | string> {
  try {
    yield* createReadStream(file) as AsyncIterable<Buffer>;
  } finally {
    await dispose();
  }
}

/** The rows lie in a file already: the rest of the document is put around them. */
async function* documentOf(answer: SqlAnswered): AsyncGenerator<Buffer | string> {
  const { frame, columns, rowCount, truncated, elapsedMs } = answer;
  const head = JSON.stringify({ ...frame, columns });
  const tail = JSON.stringify({ rowCount, truncated, elapsedMs });
  yield `${head.slice(0, -1)},"rows":`;
  yield* fileOf(answer);
  yield `,${tail.slice(1)}`;
}

const send = (reply: FastifyReply, answer: SqlAnswered): FastifyReply => {
  const { format } = answer;
  void reply.type(MEDIA_TYPES[format]).header("cache-control", "no-store");
  if (format === "json") return reply.send(Readable.from(documentOf(answer), { objectMode: false }));
  void reply
    .header("content-disposition", `attachment; filename="freshet.${EXTENSIONS[format]}"`)
    .header("freshet-rows", String(answer.rowCount))
    .header("freshet-truncated", String(answer.truncated))
    .header("freshet-status", answer.frame.status ?? "none")
    .header("freshet-generation", String(answer.frame.generation ?? "none"))
    .header("freshet-version", answer.frame.version);
  return reply.send(Readable.from(fileOf(answer), { objectMode: false }));
};

const answers = responses(SqlAnswerSchema, "The rows and what they rest on", 400, 413, 415);

/** Questions in SQL; the processes that run them end with the server. */
export const registerSql = (app: FastifyInstance, desk: SqlDesk): void => {
  app.addHook("onClose", () => desk.close());

  app.post<{ Body: SqlBody }>(
    "/v1/sql",
    {
      config: { scope: "sql" },
      schema: {
        summary: "One statement of SQL over generations, live views and raw events",
        description:
          "Read-only, in a process of its own. `format`, or the Accept header, chooses between JSON, CSV, an Arrow stream and Parquet; beside JSON the headers `freshet-*` say what the rows rest on.",
        tags: ["questions"],
        body: SqlBody,
        response: {
          ...answers,
          200: {
            description: "The rows and what they rest on",
            content: {
              ...answers[200].content,
              ...Object.fromEntries(FORMATS.slice(1).map((format) => [mediaType(format), { schema: {} }])),
            },
          },
        },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      const { sql, limit } = request.body;
      const outcome = await desk.ask({ sql, limit, format: formatOf(request), gone: gone.signal });
      return send(reply, answerOf(outcome));
    },
  );

  app.get(
    "/v1/sql/tables",
    {
      config: { scope: "sql" },
      schema: {
        summary: "What a statement can read and call",
        tags: ["questions"],
        querystring: NoQuery,
        response: responses(SqlTablesSchema, "Relations with their columns, functions and limits"),
      },
    },
    (request, reply) => {
      const { rowsMax, secondsMax, processMb } = desk.limits;
      return sendDigested(request, reply, {
        tables: desk.relations().map(({ name, metric, description, columns }) => ({
          name,
          metric: metric?.name ?? null,
          description,
          columns,
        })),
        functions: FUNCTIONS,
        limits: { rows: rowsMax, seconds: secondsMax, memoryMb: processMb },
      });
    },
  );
};
