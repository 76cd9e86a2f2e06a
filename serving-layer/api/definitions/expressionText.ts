import { type Expression, formatDuration, type DurationMs, type FunctionName } from "@freshet/model";

/** Names that are words of the language are written otherwise: see model/metric/build.ts. */
const WRITTEN: Partial<Readonly<Record<FunctionName, string>>> = { if: "iff", in: "oneOf" };

const literalText = ({ type, value }: Expression & { readonly kind: "literal" }): string =>
  type === "instant" && typeof value === "number"
    ? `instant(${JSON.stringify(new Date(value).toISOString())})`
    : JSON.stringify(value);

/** A name as it stands after `e`. */
const memberText = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

const callText = ({ name, args }: Expression & { readonly kind: "call" }): string => {
  const [first, ...rest] = args;
  const written = WRITTEN[name] ?? name;
  if (name === "in" && first)
    return `${written}(${expressionText(first)}, [${rest.map(expressionText).join(", ")}])`;
  const unit = rest[0];
  if (name === "truncateTime" && first && unit?.kind === "literal" && typeof unit.value === "number") {
    return `${written}(${expressionText(first)}, ${JSON.stringify(formatDuration(unit.value as DurationMs))})`;
  }
  return `${written}(${args.map(expressionText).join(", ")})`;
};

/** An expression as it is written in an app. */
export const expressionText = (expression: Expression): string => {
  switch (expression.kind) {
    case "literal":
      return literalText(expression);
    case "field":
      return `e${expression.path.map(memberText).join("")}`;
    case "lookup":
      return `lookup(${JSON.stringify(expression.lookup)}).of(${expressionText(expression.key)})`;
    case "call":
      return callText(expression);
  }
};
