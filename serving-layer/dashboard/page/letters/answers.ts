import type { Reason } from "@freshet/model";
import type { Static } from "typebox";
import type * as schemas from "../../../api/schemas/letters.js";

/** The schema makes its reasons from a list, which a type cannot see. */
type Reasoned<T> = Omit<T, "reason"> & { readonly reason: Reason };
type Counted<T> = Omit<T, "stillBad"> & { readonly stillBad: Readonly<Partial<Record<Reason, number>>> };
type AnyOutcome = Static<typeof schemas.ReplayAnswer>;
type AnyReplay = Static<typeof schemas.ReplaysAnswer>["replays"][number];

export type Letter = Reasoned<Static<typeof schemas.LetterSchema>>;
export type Letters = Omit<Static<typeof schemas.LettersAnswer>, "letters"> & {
  readonly letters: readonly Letter[];
};
export type LetterFilter = Omit<schemas.LettersQuery, "reason"> & { readonly reason?: Reason };
export type Mend = Static<typeof schemas.MendSchema>;
export type ReplayBody = Omit<schemas.ReplayBody, "filter"> & { readonly filter?: LetterFilter };
export type Outcome = Counted<Omit<AnyOutcome, "samples">> & {
  readonly samples: readonly Reasoned<AnyOutcome["samples"][number]>[];
};
export type Replay = Omit<AnyReplay, "outcome"> & {
  readonly outcome: Counted<NonNullable<AnyReplay["outcome"]>> | null;
};
