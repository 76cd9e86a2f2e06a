import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** How a bulk request goes wrong. */
export type BulkFault =
  /** The cluster takes no more: nothing happens. */
  | { readonly kind: "throttled" }
  /** Each item of these ordinals is refused for want of room, the others happen. */
  | { readonly kind: "itemsThrottled"; readonly isRefused: (at: number) => boolean }
  /** All of it happens, and the connection ends before the answer. */
  | { readonly kind: "lost" }
  /** All of it happens, and the answer leaves these items out. */
  | { readonly kind: "silent"; readonly about: (at: number) => boolean };

export interface OpenSearchScript {
  /** Asked for each bulk request, from 0 on; null: it goes well. */
  readonly bulkFault?: (request: number) => BulkFault | null;
  /** Documents that no mapping takes. */
  readonly refuses?: (document: Readonly<Record<string, unknown>>) => boolean;
  /** Bulk requests above are refused. */
  readonly requestBytesMax?: number;
  /** Instead of any answer. */
  readonly answers?: (path: string) => { readonly status: number; readonly body: object } | null;
}

interface Stored {
  readonly version: bigint;
  readonly document: Readonly<Record<string, unknown>> | null;
}

export interface OpenSearchDouble {
  readonly endpoint: string;
  /** Index names, with what lies in them. */
  readonly indices: Map<string, Map<string, Stored>>;
  readonly templates: Map<string, unknown>;
  /** Items of each bulk request. */
  readonly bulks: { readonly items: number; readonly bytes: number; readonly fault: string }[];
}

const TOO_MANY = { type: "rejected_execution_exception", reason: "rejected execution of primary operation" };
const UNMAPPABLE = {
  type: "mapper_parsing_exception",
  reason: "failed to parse field [values.views] of type [double]",
  caused_by: { type: "illegal_argument_exception", reason: "not a number" },
};
const CONFLICT = { type: "version_conflict_engine_exception", reason: "current version is higher" };

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

const matcherOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.+]/g, "\\$&"))
      .join(".*")}$`,
  );

/** What external versions mean: written only above what stands, removed documents too. As OpenSearch 3.8 answers. */
const applied = (
  indices: Map<string, Map<string, Stored>>,
  kind: string,
  { index, id, version }: { readonly index: string; readonly id: string; readonly version: bigint },
  document: Readonly<Record<string, unknown>> | null,
): { readonly status: number; readonly error?: object } => {
  const documents = indices.get(index) ?? new Map<string, Stored>();
  indices.set(index, documents);
  const standing = documents.get(id);
  if (standing && standing.version >= version) return { status: 409, error: CONFLICT };
  documents.set(id, { version, document });
  if (kind === "delete") return { status: standing?.document ? 200 : 404 };
  return { status: standing?.document ? 200 : 201 };
};

const ACTION =
  /^\{"(?<kind>index|delete)":\{"_index":"(?<index>[^"]+)","_id":"(?<id>[^"]+)","version":(?<version>\d+),"version_type":"external"\}\}$/;

/** A cluster of one process, over HTTP, that goes wrong as it is told. */
export const startOpenSearchDouble = async (script: OpenSearchScript = {}): Promise<OpenSearchDouble> => {
  const indices = new Map<string, Map<string, Stored>>();
  const templates = new Map<string, unknown>();
  const bulks: OpenSearchDouble["bulks"] = [];

  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const bulk = (text: string, response: ServerResponse): void => {
    const fault = script.bulkFault?.(bulks.length) ?? null;
    const lines = text.split("\n").slice(0, -1);
    const bytes = Buffer.byteLength(text);
    const items: object[] = [];
    if (bytes > (script.requestBytesMax ?? Number.POSITIVE_INFINITY)) {
      bulks.push({ items: 0, bytes, fault: "tooLarge" });
      answer(response, 413, { error: "too large" });
      return;
    }
    if (fault?.kind === "throttled") {
      bulks.push({ items: 0, bytes, fault: fault.kind });
      answer(response, 429, { error: TOO_MANY });
      return;
    }
    let count = 0;
    for (let line = 0; line < lines.length; line++) {
      const groups = ACTION.exec(lines[line] ?? "")?.groups;
      if (!groups) throw new Error(`not an action: ${lines[line]}`);
      const { kind = "", index = "", id = "", version = "" } = groups;
      const document = kind === "index" ? (JSON.parse(lines[++line] ?? "") as Record<string, unknown>) : null;
      const at = count++;
      let outcome: { readonly status: number; readonly error?: object };
      if (fault?.kind === "itemsThrottled" && fault.isRefused(at)) outcome = { status: 429, error: TOO_MANY };
      else if (document && script.refuses?.(document)) outcome = { status: 400, error: UNMAPPABLE };
      else outcome = applied(indices, kind, { index, id, version: BigInt(version) }, document);
      if (fault?.kind !== "silent" || !fault.about(at))
        items.push({ [kind]: { _index: index, _id: id, ...outcome } });
    }
    bulks.push({ items: count, bytes, fault: fault?.kind ?? "" });
    if (fault?.kind === "lost") response.destroy();
    else answer(response, 200, { took: 1, errors: true, items });
  };
  const search = (pattern: string, body: string, response: ServerResponse): void => {
    const { query } = JSON.parse(body) as {
      query: { bool: { filter: { term: Record<string, unknown> }[] } };
    };
    const terms = query.bool.filter.flatMap(({ term }) => Object.entries(term));
    const hits = [...indices]
      .filter(([index]) => matcherOf(pattern).test(index))
      .flatMap(([, documents]) => [...documents])
      .flatMap(([_id, { document }]) =>
        document && terms.every(([field, value]) => document[field] === value)
          ? [{ _id, _source: document }]
          : [],
      );
    answer(response, 200, { hits: { total: { value: hits.length }, hits } });
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const path = decodeURIComponent((request.url ?? "").replace(/\?.*$/, ""));
    const scripted = script.answers?.(path);
    if (scripted) return answer(response, scripted.status, scripted.body);
    const [, first = "", second = ""] = path.split("/");
    if (first === "_bulk") return bulk(body, response);
    if (first === "_index_template") {
      templates.set(second, JSON.parse(body));
      return answer(response, 200, { acknowledged: true });
    }
    if (second === "_search") return search(first, body, response);
    if (second === "_refresh") return answer(response, 200, {});
    if (first === "_cat") {
      const pattern = matcherOf(path.split("/")[3] ?? "");
      const names = [...indices.keys()].filter((index) => pattern.test(index));
      return answer(
        response,
        200,
        names.map((index) => ({ index })),
      );
    }
    if (request.method === "DELETE") {
      indices.delete(first);
      return answer(response, 200, { acknowledged: true });
    }
    answer(response, 404, { error: `no such path: ${path}` });
  };
  const server: Server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => answer(response, 500, { error: String(error) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    indices,
    templates,
    bulks,
  };
};
