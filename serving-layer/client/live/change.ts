/** Items of an answer's list that stay: those of the old list from `[0]` to `[1]`, exclusive. */
export type Run = readonly [from: number, toExclusive: number];

/** How an answer differs from the one before: as `event: change` of `GET /v1/live`. */
export interface LiveChange {
  /** The id of the answer that it changes; of no other. */
  readonly of: string;
  /** Fields that are other now. */
  readonly set: Readonly<Record<string, unknown>>;
  /** The rows of a `top` in their new order, if they are other now: runs of the old ones, and new ones. */
  readonly rows?: readonly (Run | object)[];
  /** The points of a `series`, likewise. */
  readonly points?: readonly (Run | object)[];
}

const LISTS = ["rows", "points"] as const;

const applied = (old: readonly unknown[], items: readonly (Run | object)[]): readonly unknown[] =>
  items.flatMap((item) => (Array.isArray(item) ? old.slice(item[0] as number, item[1] as number) : [item]));

/** The answer after a change of it. Items that stay are the same objects. */
export const applyChange = <Answer extends object>(answer: Answer, change: LiveChange): Answer => {
  const next: Record<string, unknown> = { ...answer, ...change.set };
  for (const list of LISTS) {
    const items = change[list];
    if (items) next[list] = applied((answer as Record<string, unknown[]>)[list] ?? [], items);
  }
  return next as Answer;
};
