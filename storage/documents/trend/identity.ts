import { createHash } from "node:crypto";
import { canonicalJson } from "@freshet/model";
import type { TrendDocument, TrendName, TrendPlace } from "./port.js";

const textOf = (value: unknown): string =>
  createHash("sha256").update(canonicalJson(value)).digest("base64url");

/**
 * The same for the same key of the same window of a definition, whoever writes it and how often: 43 characters, of which OpenSearch takes 512
 * bytes at most.
 */
export const trendId = ({ metric, definition, window, to, key }: TrendDocument): string =>
  textOf([metric, definition, window, to, key]);

/** Differs where anything in the document differs. */
export const trendDigest = (document: TrendDocument): string => textOf(document);

export const placeOf = ({ metric, window, to }: TrendDocument): TrendPlace => ({
  metric,
  window,
  toMs: Date.parse(to) as TrendPlace["toMs"],
});

export const trendName = (document: TrendDocument): TrendName => ({
  place: placeOf(document),
  definition: document.definition,
  id: trendId(document),
});
