import { createHash } from "node:crypto";
import type { EventDefinition } from "../event/definition.js";
import { lineageOf } from "../event/lineage.js";
import { canonicalJson } from "../canonicalJson.js";
import type { MetricDefinition } from "./definition.js";
import { fieldsRead } from "./walk.js";

const HASH_BYTES = 16;

/**
 * SHA-256, first 16 bytes, hex, over all that decides a body's bytes: the definition without its trend, and
 * where the fields that it reads come from in older versions of the event.
 */
export const metricHash = (
  metric: Omit<MetricDefinition, "hash" | "trend">,
  event: EventDefinition,
): string => {
  const { name, event: type, where, by, measures, paneMs, timeZone, groupsMax } = metric;
  const expressions = [
    where,
    ...by.map((dimension) => dimension.expression),
    ...measures.flatMap((measure) => [measure.of, measure.where]),
  ];
  const read = fieldsRead(expressions.filter((expression) => expression !== null));
  const lineage = read.flatMap((path) => lineageOf(event, path[0] as string));
  const hashed = { name, event: type, where, by, measures, paneMs, timeZone, groupsMax, lineage };
  return createHash("sha256").update(canonicalJson(hashed)).digest().subarray(0, HASH_BYTES).toString("hex");
};
