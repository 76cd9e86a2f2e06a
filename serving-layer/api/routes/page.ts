import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { FastifyInstance } from "fastify";

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

interface Asset {
  readonly bytes: Buffer;
  readonly type: string;
  readonly tag: string;
}

/** Beside the compiled code, or below it when this runs from source. */
const FOLDERS = [
  new URL("../../dashboard/", import.meta.url),
  new URL("../../dist/dashboard/", import.meta.url),
];

const assetOf = (bytes: Buffer, extension: string): Asset => ({
  bytes,
  type: TYPES[extension] ?? "application/octet-stream",
  tag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
});

const readAssets = async (folders: readonly URL[]): Promise<ReadonlyMap<string, Asset>> => {
  for (const folder of folders) {
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes("index.html")) continue;
    const served = names.filter((name) => extname(name) in TYPES);
    return new Map(
      await Promise.all(
        served.map(async (name) => {
          const asset = assetOf(await readFile(new URL(name, folder)), extname(name));
          return [name === "index.html" ? "/" : `/${name}`, asset] as const;
        }),
      ),
    );
  }
  return new Map([["/", assetOf(Buffer.from(NOT_BUILT), ".html")]]);
};

/** The dashboard: a few files, held in memory. */
export const registerPage = async (app: FastifyInstance): Promise<void> => {
  for (const [path, { bytes, type, tag }] of await readAssets(FOLDERS)) {
    app.get(path, (request, reply) => {
      void reply
        .header("etag", tag)
        .header("cache-control", "no-cache")
        .header("content-security-policy", POLICY)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer");
      if (request.headers["if-none-match"] === tag) return reply.code(304).send();
      return reply.type(type).send(bytes);
    });
  }
};
