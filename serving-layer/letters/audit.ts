import type { Records } from "@freshet/storage";
import type { Mend } from "./mend.js";
import type { Chosen, ReplayOutcome } from "./replay.js";

/** Who replayed what, when, and what came of it. */
export interface NotedReplay {
  readonly id: string;
  readonly atMs: number;
  readonly who: string;
  readonly chosen: Chosen;
  readonly mend: Mend;
  /** Null while it goes on, or where it was cut off: letters may have been sent. */
  readonly outcome: Omit<ReplayOutcome, "samples"> | null;
}

const PREFIX = "dead-letter-replay/";
/** The oldest go when there are more. */
const NOTES_MAX = 1_000;
const TIME_DIGITS = 15;
const MEND_CHARACTERS_MAX = 20_000;
const TOO_LONG: Mend = { kind: "body", body: "(too long to note)" };

const nameOf = ({ atMs, id }: Pick<NotedReplay, "atMs" | "id">): string =>
  `${PREFIX}${String(atMs).padStart(TIME_DIGITS, "0")}-${id}`;

/** Notes a replay before it does anything, and then what came of it. */
export const beginNote = async (
  records: Records,
  { mend, ...begun }: Omit<NotedReplay, "outcome">,
): Promise<{ end(outcome: ReplayOutcome): Promise<void> }> => {
  const long = JSON.stringify(mend).length > MEND_CHARACTERS_MAX;
  const note = { ...begun, mend: long ? TOO_LONG : mend };
  const name = nameOf(note);
  await records.replace<NotedReplay>(name, 0, { ...note, outcome: null });
  const names = (await records.list(PREFIX)).map((each) => each.name);
  for (const old of names.slice(0, Math.max(0, names.length - NOTES_MAX))) await records.remove(old);
  return {
    async end({ samples: _, ...outcome }) {
      await records.replace<NotedReplay>(name, 1, { ...note, outcome });
    },
  };
};

/** Newest first, from the one after `after` on; `next` is where the next page begins, null where there is none. */
export const listReplays = async (
  records: Records,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<{ readonly replays: readonly NotedReplay[]; readonly next: string | null }> => {
  const older = (await records.list<NotedReplay>(PREFIX))
    .toReversed()
    .filter(({ name }) => after === null || name < `${PREFIX}${after}`);
  const page = older.slice(0, limit);
  const last = page.at(-1);
  return {
    replays: page.map(({ document }) => document.value),
    next: last && older.length > limit ? last.name.slice(PREFIX.length) : null,
  };
};
