import type { Expression } from "./expression.js";

/** The expression and all within it, outermost first. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  yield expression;
  if (expression.kind === "lookup") yield* nodesOf(expression.key);
  if (expression.kind === "call") for (const arg of expression.args) yield* nodesOf(arg);
}

/** The paths that the expressions read, each once, sorted. */
export const fieldsRead = (expressions: readonly Expression[]): readonly (readonly string[])[] => {
  const paths = new Map<string, readonly string[]>();
  for (const expression of expressions) {
    for (const node of nodesOf(expression)) {
      if (node.kind === "field") paths.set(JSON.stringify(node.path), node.path);
    }
  }
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
};

/** The tree with each field replaced. */
export const replaceFields = (
  expression: Expression,
  replace: (field: Expression & { readonly kind: "field" }) => Expression,
): Expression => {
  switch (expression.kind) {
    case "literal":
      return expression;
    case "field":
      return replace(expression);
    case "lookup":
      return { ...expression, key: replaceFields(expression.key, replace) };
    case "call":
      return { ...expression, args: expression.args.map((arg) => replaceFields(arg, replace)) };
  }
};
