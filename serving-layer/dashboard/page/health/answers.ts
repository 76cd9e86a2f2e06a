import type { Reason } from "@freshet/model";
import type { Static } from "typebox";
import type * as schemas from "../../../api/schemas/books.js";

type AnyHour = Static<typeof schemas.LedgerAnswerSchema>["hours"][number];

/** The schema makes reasons from a list, which a type cannot see. */
type Counted<T> = Omit<T, "rejected"> & { readonly rejected: Readonly<Partial<Record<Reason, number>>> };
export type Hour = Omit<AnyHour, "live" | "settled"> & {
  readonly live: Counted<AnyHour["live"]>;
  readonly settled: Counted<AnyHour["settled"]>;
};
export type LedgerByHour = Omit<Static<typeof schemas.LedgerAnswerSchema>, "hours"> & {
  readonly hours: readonly Hour[];
};
export type Drift = Static<typeof schemas.DriftAnswerSchema>;
export type Generations = Static<typeof schemas.GenerationsAnswerSchema>;
