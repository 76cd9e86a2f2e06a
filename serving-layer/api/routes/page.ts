import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { FastifyInstance } from "fastify";
import { holds, weakTag } from "../etag.js";
import { PAGE_PATHS } from "../pagePaths.js";
import { HIDDEN } from "../schemas/responses.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Freshet</title>
<p>The dashboard is not built yet: run <code>npm run build</code>. The API is there: <a href="/v1/metrics">/v1/metrics</a>.`;

const DOCUMENT = "index.html";
/** `<freshet-trends>`, which pages of any site load; what it may ask there is another question. */
const EMBEDDED = "/embed.js";

interface Asset {
  readonly bytes: Buffer;
  readonly type: string;
  readonly tag: string;
}

/** Beside the compiled code, or below it when this runs from source. */
const FOLDERS = [new URL("../../page/", import.meta.url), new URL("../../dist/page/", import.meta.url)];

const assetOf = (bytes: Buffer, extension: string): Asset => ({
  bytes,
  type: TYPES[extension] ?? "application/octet-stream",
  tag: weakTag(bytes),
});

const readAssets = async (folders: readonly URL[]): Promise<ReadonlyMap<string, Asset>> => {
  for (const folder of folders) {
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes(DOCUMENT)) continue;
    const served = names.filter((name) => extname(name) in TYPES);
    return new Map(
      await Promise.all(
        served.map(async (name) => {
          const asset = assetOf(await readFile(new URL(name, folder)), extname(name));
          return [name, asset] as const;
        }),
      ),
    );
  }
  return new Map([[DOCUMENT, assetOf(Buffer.from(NOT_BUILT), ".html")]]);
};

/** Each page's path gives the document, so that an address can be shared. */
const pathsOf = (name: string): readonly string[] =>
  name === DOCUMENT ? Object.values(PAGE_PATHS) : [`/${name}`];

/** The dashboard: a few files, held in memory. */
export const registerPage = async (app: FastifyInstance): Promise<void> => {
  const routes = [...(await readAssets(FOLDERS))].flatMap(([name, asset]) =>
    pathsOf(name).map((path) => [path, asset] as const),
  );
  for (const [path, { bytes, type, tag }] of routes) {
    app.get(path, { schema: HIDDEN }, (request, reply) => {
      void reply
        .header("etag", tag)
        .header("cache-control", "no-cache")
        .header("content-security-policy", POLICY)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer");
      if (path === EMBEDDED) {
        void reply
          .header("access-control-allow-origin", "*")
          .header("cross-origin-resource-policy", "cross-origin");
      }
      if (holds(request, tag)) return reply.code(304).send();
      return reply.type(type).send(bytes);
    });
  }
};
