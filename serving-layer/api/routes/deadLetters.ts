import { DefinitionError, type EpochMs, parseExpression, parseInstant } from "@freshet/model";
import type { DeadLetterFilter, DeadLetters, Records, StoredLetter } from "@freshet/storage";
import type { FastifyInstance } from "fastify";
import { listReplays } from "../../letters/audit.js";
import type { Mend } from "../../letters/mend.js";
import type { Chosen, ReplayOutcome } from "../../letters/replay.js";
import type { LetterDesk } from "../../letters/replayLetters.js";
import { sendDigested } from "../etag.js";
import { ProblemError, problem } from "../problem.js";
import {
  LettersAnswer,
  LettersQuery,
  ReplayAnswer,
  ReplayBody,
  ReplaysAnswer,
  ReplaysQuery,
} from "../schemas/letters.js";
import { responses } from "../schemas/responses.js";

export interface LetterRoutes {
  readonly deadLetters: DeadLetters;
  readonly records: Records;
  readonly desk: LetterDesk;
}

const LETTERS_DEFAULT = 50;
const REPLAYS_DEFAULT = 100;
const DIGITS = /^-?\d+$/;

const isoOf = (ms: number): string => new Date(ms).toISOString();

const bad = (parameter: string, detail: string): ProblemError =>
  new ProblemError(problem("bad_parameter", "A parameter cannot be read", 400, detail, { parameter }));

const instantOf = (parameter: string, text: string): EpochMs => {
  const ms = DIGITS.test(text) ? Number(text) : parseInstant(text);
  if (ms === null || !Number.isSafeInteger(ms) || ms < 0)
    throw bad(parameter, `${parameter}: expected ISO 8601 with a zone, or epoch ms`);
  return ms as EpochMs;
};

const filterOf = (query: LettersQuery): DeadLetterFilter => {
  const { from, to, limit = LETTERS_DEFAULT, reason, type, text, replayed, after } = query;
  return {
    limit,
    ...(reason === undefined ? {} : { reason }),
    ...(type === undefined ? {} : { type }),
    ...(text === undefined ? {} : { text }),
    ...(replayed === undefined ? {} : { replayed }),
    ...(after === undefined ? {} : { after }),
    ...(from === undefined ? {} : { fromMs: instantOf("from", from) }),
    ...(to === undefined ? {} : { toMs: instantOf("to", to) }),
  };
};

const shown = ({ arrivalMs, timeMs, body, replay, ...letter }: StoredLetter) => ({
  ...letter,
  arrival: isoOf(arrivalMs),
  time: timeMs === null ? null : isoOf(timeMs),
  body: Buffer.from(body).toString("utf8"),
  replay: replay && { id: replay.id, at: isoOf(replay.atMs) },
});

const mendOf = (mend: ReplayBody["mend"], chosen: Chosen): Mend => {
  if (mend.kind === "body" && !(chosen.kind === "places" && chosen.places.length === 1))
    throw bad("mend", "mend: a body mends one letter: give its place alone");
  if (mend.kind !== "set") return mend;
  try {
    return {
      kind: "set",
      fields: mend.fields.map(({ path, value }) => ({ path, value: parseExpression(value) })),
    };
  } catch (error) {
    if (error instanceof DefinitionError) throw bad("mend", `mend: ${error.message}`);
    throw error;
  }
};

const chosenOf = ({ places, filter }: ReplayBody): Chosen => {
  if ((places === undefined) === (filter === undefined))
    throw bad("places", "places: give either places or a filter");
  return places === undefined
    ? { kind: "filter", filter: filterOf(filter ?? {}) }
    : { kind: "places", places: [...new Set(places)] };
};

const outcomeOf = <T extends Pick<ReplayOutcome, "effect">>({ effect, ...outcome }: T) => ({
  ...outcome,
  effect: effect.map(({ panes, ...rest }) => ({
    ...rest,
    from: isoOf(panes.fromMs),
    to: isoOf(panes.toExclusiveMs),
  })),
});

/** `/v1/dead-letters`: search, mend, dry run, replay, and who did what. */
export const registerDeadLetters = (
  app: FastifyInstance,
  { deadLetters, records, desk }: LetterRoutes,
): void => {
  const tags = ["dead letters"];
  app.get<{ Querystring: LettersQuery }>(
    "/v1/dead-letters",
    {
      config: { scope: "read" },
      schema: {
        summary: "Events that could not be counted, newest arrival first",
        tags,
        querystring: LettersQuery,
        response: responses(LettersAnswer, "A page of them", 400),
      },
    },
    async (request, reply) => {
      const filter = filterOf(request.query);
      const [found, total] = await Promise.all([deadLetters.search(filter), deadLetters.count()]);
      return sendDigested(request, reply, { total, letters: found.letters.map(shown), next: found.next });
    },
  );
  app.post<{ Body: ReplayBody }>(
    "/v1/dead-letters/replay",
    {
      config: { scope: "admin" },
      schema: {
        summary: "Mend letters and put them into the log again, under their own id and time",
        description: "With dryRun nothing is sent: the answer says what would be counted.",
        tags,
        body: ReplayBody,
        response: responses(ReplayAnswer, "What became of them", 400, 413, 415),
      },
    },
    async ({ body, who }) => {
      const chosen = chosenOf(body);
      const mend = mendOf(body.mend, chosen);
      return outcomeOf(await desk.replay({ chosen, mend, dryRun: body.dryRun, who }));
    },
  );
  app.get<{ Querystring: ReplaysQuery }>(
    "/v1/dead-letters/replays",
    {
      config: { scope: "read" },
      schema: {
        summary: "Who replayed what, newest first",
        tags,
        querystring: ReplaysQuery,
        response: responses(ReplaysAnswer, "A page of them", 400),
      },
    },
    async (request, reply) => {
      const { after = null, limit = REPLAYS_DEFAULT } = request.query;
      const { replays, next } = await listReplays(records, { after, limit });
      return sendDigested(request, reply, {
        replays: replays.map(({ atMs, outcome, ...replay }) => ({
          ...replay,
          at: isoOf(atMs),
          outcome: outcome && outcomeOf(outcome),
        })),
        next,
      });
    },
  );
};
