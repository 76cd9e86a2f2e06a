import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { freshet, freshetJson, repositoryFile, startFreshet, temporaryDirectory } from "./freshet.js";

const SNIPPET = /^```\w+ file=([\w.]+)\n([\s\S]*?)^```$/gm;

/** The files that docs/cookbook.md shows, by name. */
export const cookbookFiles = (): ReadonlyMap<string, string> =>
  new Map(
    [...readFileSync(repositoryFile("docs/cookbook.md"), "utf8").matchAll(SNIPPET)].map(
      ([, name = "", text = ""]) => [name, text],
    ),
  );

/** So much of Express as the page uses: routes with a parameter, `path`, `query`, `params`, `send`, `listen`. */
const EXPRESS = `
import { createServer } from "node:http";
export default () => {
  const routes = [];
  const handle = (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    for (const { pattern, handler } of routes) {
      const params = pattern.exec(pathname)?.groups;
      if (params) return handler(
        Object.assign(request, { path: pathname, query: Object.fromEntries(searchParams), params }),
        Object.assign(response, { send: (text) => response.end(text) }),
      );
    }
    response.writeHead(404).end();
  };
  return {
    get: (path, handler) => routes.push({ pattern: new RegExp("^" + path.replace(/:(\\w+)/g, "(?<$1>[^/]+)") + "$"), handler }),
    listen: (port) => createServer(handle).listen(port, "127.0.0.1"),
  };
};
`;
/** Next's \`after\`: runs once the answer is made; \`settled\` is the stand-in's own. */
const NEXT = `
let pending = [];
export const after = (task) => pending.push(task);
export const settled = async () => { for (const task of pending.splice(0)) await task(); };
`;

/** As Express 5 and Next 15 type them. */
const EXPRESS_TYPES = `
import type { Server } from "node:http";
interface Request { readonly path: string; readonly query: Record<string, unknown>; readonly params: Record<string, string> }
interface Response { send(body: string): void }
interface App { get(path: string, handler: (request: Request, response: Response) => void): void; listen(port: number): Server }
declare const express: () => App;
export default express;
`;
const NEXT_TYPES = "export declare const after: (task: () => unknown) => void;";

const STAND_INS: Readonly<
  Record<string, { readonly entry: string; readonly text: string; readonly types: string }>
> = {
  express: { entry: "index.js", text: EXPRESS, types: EXPRESS_TYPES },
  next: { entry: "server.js", text: NEXT, types: NEXT_TYPES },
};

const TYPES = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2022",
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [repositoryFile("node_modules/@types")],
  },
};

export interface Cookbook {
  readonly address: string;
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a module of the page's project to its end, and returns what it printed. */
  run(program: string): Promise<string>;
  start(
    command: string,
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): ChildProcess;
  /** Users that were seen on each page. */
  views(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** The starter project beside a collector, with the files of the page as an application has them. */
export const startCookbook = async (): Promise<Cookbook> => {
  const directory = temporaryDirectory();
  const dir = join(directory.path, "app");
  const made = await freshet("init", dir);
  if (made.code !== 0) throw new Error(made.stderr);
  mkdirSync(join(dir, "node_modules/@freshet"), { recursive: true });
  symlinkSync(repositoryFile("producers/sdk"), join(dir, "node_modules/@freshet/sdk"));
  symlinkSync(repositoryFile("cli"), join(dir, "node_modules/freshet"));
  for (const [name, { entry, text, types }] of Object.entries(STAND_INS)) {
    const folder = join(dir, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, entry), text);
    writeFileSync(join(folder, entry.replace(/js$/, "d.ts")), types);
    const exports = { ".": `./${entry}`, "./server": `./${entry}` };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, type: "module", exports }));
  }
  mkdirSync(join(dir, "typed"));
  writeFileSync(join(dir, "typed/tsconfig.json"), JSON.stringify(TYPES));
  copyFileSync(join(dir, "freshet.config.ts"), join(dir, "typed/freshet.config.ts"));
  for (const [name, text] of cookbookFiles()) {
    writeFileSync(join(dir, "typed", name), text);
    if (name.endsWith(".ts"))
      writeFileSync(
        join(dir, name.replace(/ts$/, "js")),
        transformSync(text, { loader: "ts", format: "esm", target: "node20" }).code,
      );
    else writeFileSync(join(dir, name), text);
  }

  const config = join(dir, "freshet.config.ts");
  const data = ["--data", join(directory.path, "data")];
  const { key } = await freshetJson<{ readonly key: string }>(
    "keys",
    "create",
    "shop",
    "--scopes",
    "emit",
    ...data,
  );
  const dev = startFreshet([...["dev", "--app", config, ...data, "--port", "0", "--json"]]);
  const [printed] = (await once(dev.child.stdout ?? dev.child, "data")) as readonly unknown[];
  const { address } = JSON.parse(String(printed)) as { readonly address: string };
  const environment = { FRESHET_URL: address, FRESHET_KEY: key };
  const start: Cookbook["start"] = (command, args, more = {}) =>
    spawn(command, [...args], { cwd: dir, env: { ...process.env, ...environment, ...more } });
  return {
    address,
    dir,
    environment,
    start,
    async run(program) {
      const child = start(process.execPath, ["--input-type=module", "--eval", program]);
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      const [code] = (await once(child, "close")) as readonly number[];
      if (code !== 0) throw new Error(`ended with ${code}: ${output}`);
      return output;
    },
    async views() {
      const response = await fetch(`${address}/v1/metrics/page-views/top?window=1h&by=views`);
      const { rows = [] } = (await response.json()) as {
        readonly rows?: readonly {
          readonly key: { readonly page: string };
          readonly values: { readonly views: number };
        }[];
      };
      return Object.fromEntries(rows.map(({ key, values }) => [key.page, values.views]));
    },
    async close() {
      dev.child.kill("SIGTERM");
      await dev.done;
      directory.remove();
    },
  };
};
