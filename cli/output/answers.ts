import type {
  AnswerFrame,
  KeyValues,
  Missing,
  PresentedValue,
  SeriesAnswer,
  TopAnswer,
  ValueAnswer,
} from "@freshet/model";
import { table } from "./table.js";

const SCORE_DIGITS = 2;

export const valueText = (value: PresentedValue | undefined): string | number | null => {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return value;
  return Object.entries(value)
    .map(([name, at]) => `${name} ${at ?? "-"}`)
    .join(" ");
};

const keyText = (key: KeyValues): string =>
  Object.values(key)
    .map((part) => (part === null ? "(null)" : String(part)))
    .join(" · ");

export const missingText = (missing: Missing): string => {
  switch (missing.kind) {
    case "shard":
    case "unaudited":
      return `${missing.kind} ${missing.shard}: ${missing.detail}`;
    case "segments":
      return `segments of ${missing.shard} after ${missing.after ?? "the beginning"}: ${missing.detail}`;
    case "stale_tip":
      return `${missing.shard} has no worker${missing.lastSeen ? ` since ${missing.lastSeen}` : ""}`;
    case "metric_not_folded":
      return `${missing.shard} was folded without this metric through ${missing.throughSequence}`;
    case "overflow":
      return `${missing.shard} had more groups than groupsMax`;
    case "gap":
      return `${missing.shard} lost records after ${missing.after ?? "the beginning"}`;
    case "written_off":
      return `${missing.shard} ${missing.firstSequence}-${missing.lastSequence} was written off: ${missing.reason}`;
    case "generation":
      return missing.detail;
  }
};

const frameText = (answer: AnswerFrame): string => {
  const lines = [
    `${answer.status} · covers ${answer.covers.from} to ${answer.covers.to} · batch through ${answer.batchThrough ?? "nothing yet"}`,
  ];
  for (const missing of answer.missing) lines.push(`missing: ${missingText(missing)}`);
  for (const [measure, { bound, confidence }] of Object.entries(answer.errorBound)) {
    lines.push(
      `${measure}: within ${(bound * 100).toFixed(1)} % (${Math.round(confidence * 100)} % of the time)`,
    );
  }
  return lines.join("\n");
};

export const topText = (answer: TopAnswer): string => {
  const measures = Object.keys(answer.rows[0]?.values ?? {});
  const scored = answer.rows.some((row) => row.score !== null);
  const head = ["#", "key", ...measures, ...(scored ? ["score"] : [])];
  const rows = answer.rows.map((row, index) => [
    index + 1,
    keyText(row.key),
    ...measures.map((measure) => valueText(row.values[measure])),
    ...(scored ? [row.score === null ? null : Number(row.score.toFixed(SCORE_DIGITS))] : []),
  ]);
  const at = answer.atDefaulted ? `${answer.at} (the newest event time)` : answer.at;
  const body = rows.length > 0 ? table(head, rows) : "No events in this window.";
  return `${answer.metric}, last ${answer.window} at ${at}, by ${answer.by}\n${body}\n${frameText(answer)}`;
};

export const seriesText = (answer: SeriesAnswer): string => {
  const measures = Object.keys(answer.points[0]?.values ?? {});
  const rows = answer.points.map((point) => [
    point.time,
    point.status,
    ...measures.map((measure) => valueText(point.values[measure])),
  ]);
  return `${answer.metric} of ${keyText(answer.key)}, every ${answer.step}\n${table(["time", "status", ...measures], rows)}\n${frameText(answer)}`;
};

export const valueAnswerText = (answer: ValueAnswer): string => {
  const values = Object.entries(answer.values).map(([name, value]) => [name, valueText(value)] as const);
  const score = answer.score === null ? [] : [["score", Number(answer.score.toFixed(SCORE_DIGITS))] as const];
  return `${answer.metric} of ${keyText(answer.key)}\n${table(["measure", "value"], [...values, ...score])}\n${frameText(answer)}`;
};
