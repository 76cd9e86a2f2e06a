import { formatDuration } from "@freshet/model";
import { unknownName } from "../reader/question/unknown.js";
import type { Reader } from "../reader/reader.js";
import { fitsPanes } from "./places.js";
import type { ProjectionSettings } from "./settings.js";

/**
 * Holds settings against the app that is published, if there is one. Metrics and windows that do not go together are named.
 *
 * @throws QuestionError for a metric or a key that cannot be watched
 */
export const checkProjection = async (
  reader: Pick<Reader, "definitions" | "value">,
  { watch, windows }: Pick<ProjectionSettings, "watch" | "windows">,
): Promise<readonly string[]> => {
  const definitions = reader.definitions();
  if (definitions.length === 0) return [];
  const names = definitions.map(({ name }) => name);
  for (const { metric, key } of watch) {
    const definition = definitions.find(({ name }) => name === metric);
    if (!definition) throw unknownName("unknown_metric", "watch", "metric", metric, names);
    await reader.value(metric, { key, window: formatDuration(definition.paneMs) });
  }
  return windows.flatMap((window) =>
    definitions
      .filter((definition) => !fitsPanes(definition, window))
      .map(
        ({ name, paneMs }) =>
          `${name} has no documents of ${formatDuration(window.windowMs)}: its panes are of ${formatDuration(paneMs)}`,
      ),
  );
};
