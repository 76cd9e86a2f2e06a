import type { GenerationManifest } from "@freshet/model";

/** Below it, for each time that the pointer to the standing generation moved, a file that says which files stand since. */
export const STANDING_FOLDER = "generations/catalogue/";

/** @param revision of the pointer: it only grows, also by a revert */
export const standingPath = (revision: number): string => `${STANDING_FOLDER}${revision}.tsv`;

/** The revision that a path of `standingPath` names; null for any other path. */
export const revisionOfStanding = (path: string): number | null => {
  const match = /^generations\/catalogue\/(\d+)\.tsv$/.exec(path);
  return match ? Number(match[1]) : null;
};

const NULL = "\\N";

/**
 * Lines of revision, generation, metric, day and path, between tabs: one for the generation itself, which may have no files, and one for
 * each file of a metric's rows.
 */
export const standingFile = (
  revision: number,
  { generation, metrics }: Pick<GenerationManifest, "generation" | "metrics">,
): string => {
  const lines = Object.entries(metrics).flatMap(([metric, { files }]) =>
    files.map(({ day, path }) => [metric, day, path]),
  );
  return [[NULL, NULL, NULL], ...lines]
    .map((line) => `${[revision, generation, ...line].join("\t")}\n`)
    .join("");
};
