/**
 * What a package's `index.d.ts` exports, as text: one declaration after another by name, comments left out.
 * Written for what `tsc` emits: every top-level statement begins in the first column.
 */
export const apiText = (entry: string, read: (path: string) => string): string => {
  const declarations = new Map<string, string>();
  for (const { name, text } of exportsOf(entry, read)) {
    const before = declarations.get(name);
    declarations.set(name, before === undefined ? text : `${before}\n${text}`); // overloads; a type and a value of one name
  }
  return [...declarations]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => `${text}\n`)
    .join("\n");
};

interface Declaration {
  readonly name: string;
  readonly text: string;
}

const exportsOf = (path: string, read: (path: string) => string): readonly Declaration[] =>
  statementsOf(read(path)).flatMap((statement): readonly Declaration[] => {
    const source = /\bfrom "(\.[^"]+)\.js";$/.exec(statement)?.[1];
    const next = source === undefined ? null : resolve(path, `${source}.d.ts`);
    if (/^export \* from/.test(statement)) {
      return next === null ? [{ name: statement, text: statement }] : exportsOf(next, read);
    }
    const list = /^export (?:type )?\{([^}]*)\}/.exec(statement)?.[1];
    if (list === undefined) {
      const name = DECLARED_NAME.exec(statement)?.[1];
      return name === undefined ? [] : [{ name, text: statement }];
    }
    const inside = next === null ? [] : exportsOf(next, read);
    return names(list).map(({ local, exported }) => {
      const found = inside.find(({ name }) => name === local);
      const text = found && local === exported ? found.text : statement;
      return { name: exported, text };
    });
  });

const DECLARED_NAME =
  /^export (?:declare |default |abstract |async )*(?:const enum|const|let|function|class|interface|type|enum|namespace) ([\w$]+)/;

const names = (list: string): readonly { readonly local: string; readonly exported: string }[] =>
  list
    .split(",")
    .map((part) => part.trim().replace(/^type /, ""))
    .filter((part) => part !== "")
    .map((part) => {
      const [local = part, exported = local] = part.split(" as ");
      return { local, exported };
    });

const statementsOf = (source: string): readonly string[] => {
  const lines = source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const statements: string[] = [];
  for (const line of lines) {
    if (/^(?:export|import|declare|interface|type) /.test(line)) statements.push(line);
    else statements.push(`${statements.pop() ?? ""}\n${line}`);
  }
  return statements.map((statement) => statement.trim());
};

const resolve = (from: string, to: string): string => {
  const parts = from.split("/").slice(0, -1);
  for (const part of to.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
};
