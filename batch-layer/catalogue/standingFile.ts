import type { GenerationManifest } from "@freshet/model";

/** Below it, for each time that the pointer to the standing generation moved, a file that says which files stand since. */
export const STANDING_FOLDER = "generations/catalogue/";

/** @param revision of the pointer: it only grows, also by a revert */
export const standingPath = (revision: number): string => `${STANDING_FOLDER}${revision}.json`;

/** The revision that a path of `standingPath` names; null for any other path. */
export const revisionOfStanding = (path: string): number | null => {
  const match = /^generations\/catalogue\/(\d+)\.json$/.exec(path);
  return match ? Number(match[1]) : null;
};

/** Lines of JSON: one for the generation itself, which may have no files, and one for each file of a metric's rows. */
export const standingFile = (
  revision: number,
  { generation, metrics }: Pick<GenerationManifest, "generation" | "metrics">,
): string => {
  const lines = Object.entries(metrics).flatMap(([metric, { files }]) =>
    files.map(({ day, path }) => ({ revision, generation, metric, day, path })),
  );
  return [{ revision, generation, metric: null, day: null, path: null }, ...lines]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
};
