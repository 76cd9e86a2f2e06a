import {
  type Dimension,
  encodeKey,
  type GroupKey,
  type KeyPart,
  type MetricDefinition,
} from "@freshet/model";
import { QuestionError } from "../questionError.js";
import type { KeyTexts } from "../reader.js";
import { parseInstant } from "./parse.js";
import { unknownName } from "./unknown.js";

const parsePart = (parameter: string, { name, type }: Dimension, text: string | null): KeyPart => {
  if (text === null) return null;
  const refuse = (wanted: string): never => {
    throw new QuestionError(
      "bad_parameter",
      parameter,
      `${parameter}: ${name} is ${wanted}, "${text.slice(0, 60)}" is not`,
    );
  };
  switch (type) {
    case "string":
      return text;
    case "integer":
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isSafeInteger(value)) return refuse("a whole number");
      return value;
    }
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      return refuse("true or false");
    case "instant":
      return parseInstant(parameter, text);
  }
};

/** Values by the index of their dimension. */
export type Parts = ReadonlyMap<number, KeyPart>;

/** @throws QuestionError for a dimension that the metric does not have. */
export const parseParts = (parameter: string, metric: MetricDefinition, texts: KeyTexts): Parts => {
  const names = metric.by.map(({ name }) => name);
  const parts = new Map<number, KeyPart>();
  for (const [name, text] of Object.entries(texts)) {
    const index = names.indexOf(name);
    const dimension = metric.by[index];
    if (!dimension) {
      throw unknownName("unknown_dimension", parameter, `dimension of ${metric.name}`, name, names);
    }
    parts.set(index, parsePart(parameter, dimension, text));
  }
  return parts;
};

/** A whole key: every dimension of the metric must be given. */
export const parseKey = (metric: MetricDefinition, texts: KeyTexts): GroupKey => {
  const parts = parseParts("key", metric, texts);
  const values = metric.by.map(({ name }, index): KeyPart => {
    const part = parts.get(index);
    if (part === undefined) {
      throw new QuestionError(
        "missing_dimension",
        "key",
        `key: ${metric.name} is by ${metric.by.map((each) => each.name).join(", ")}; ${name} is missing: add key=${name}=VALUE`,
      );
    }
    return part;
  });
  return encodeKey(values);
};
