import { type Cluster, openCluster } from "./cluster.js";
import type { OpenSearchConfig } from "./config.js";
import { domainFindings } from "./domain.js";

export interface SearchFinding {
  readonly verdict: "ok" | "warning" | "problem";
  readonly what: "search" | "domain";
  readonly found: string;
  readonly advice?: string;
}

/** The least that takes external versions, composable templates and these mappings; tested with 3.8. */
const MAJOR_LEAST = 2;

const CLIENT = "@aws-sdk/client-opensearch";

const versionFinding = async (cluster: Cluster): Promise<SearchFinding> => {
  const { version } = (await cluster.send({ tried: "asking for the version", method: "GET", path: "/" })) as {
    readonly version: { readonly number: string; readonly distribution?: string };
  };
  const found = `${version.distribution ?? "elasticsearch"} ${version.number} at ${cluster.endpoint}`;
  const fits = version.distribution === "opensearch" && Number.parseInt(version.number, 10) >= MAJOR_LEAST;
  return fits
    ? { verdict: "ok", what: "search", found }
    : { verdict: "problem", what: "search", found, advice: `use OpenSearch ${MAJOR_LEAST} or newer` };
};

const healthFinding = async (cluster: Cluster): Promise<SearchFinding> => {
  const health = (await cluster.send({
    tried: "asking for the cluster's health",
    method: "GET",
    path: "/_cluster/health",
  })) as { readonly status: string; readonly number_of_nodes: number; readonly unassigned_shards: number };
  const found = `the cluster is ${health.status}: ${health.number_of_nodes} nodes, ${health.unassigned_shards} shards without a place`;
  if (health.status === "red")
    return {
      verdict: "problem",
      what: "search",
      found,
      advice: "shards are lost: look at its nodes and disks",
    };
  return { verdict: health.status === "green" ? "ok" : "warning", what: "search", found };
};

/** A disk that is almost full makes OpenSearch refuse writes to an index, until it is freed and told. */
const blockFindings = async (cluster: Cluster, prefix: string): Promise<readonly SearchFinding[]> => {
  const settings = (await cluster.send({
    tried: "asking for write blocks",
    method: "GET",
    path: `/${prefix}-*/_settings/index.blocks.*`,
    query: { flat_settings: true, ignore_unavailable: true, allow_no_indices: true },
  })) as Readonly<Record<string, { readonly settings: Readonly<Record<string, string>> }>>;
  const blocked = Object.entries(settings).filter(([, { settings: blocks }]) =>
    Object.values(blocks).includes("true"),
  );
  if (blocked.length === 0) return [];
  const found = `${blocked.length} indices take no writes, such as ${blocked[0]?.[0]}`;
  return [{ verdict: "problem", what: "search", found, advice: "free disk, then lift index.blocks" }];
};

const failed = (what: SearchFinding["what"], error: unknown): SearchFinding => ({
  verdict: "problem",
  what,
  found: error instanceof Error ? error.message : String(error),
});

const isNotInstalled = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";

const inspectDomain = async (
  { endpoint, auth }: OpenSearchConfig,
  domain: string,
): Promise<readonly SearchFinding[]> => {
  if (auth.kind !== "aws") {
    const found = `${domain}: requests are not signed`;
    return [
      { verdict: "warning", what: "domain", found, advice: 'set `auth` to {"kind": "aws", "region": …}' },
    ];
  }
  const { region, credentials } = auth;
  try {
    const { DescribeDomainCommand, OpenSearchClient } = await import("@aws-sdk/client-opensearch");
    const client = new OpenSearchClient({ region, ...(credentials && { credentials: { ...credentials } }) });
    try {
      const { DomainStatus } = await client.send(new DescribeDomainCommand({ DomainName: domain }));
      return DomainStatus ? domainFindings(DomainStatus, endpoint) : [];
    } finally {
      client.destroy();
    }
  } catch (error) {
    if (!isNotInstalled(error)) return [failed("domain", error)];
    const found = `${domain}: ${CLIENT} is not installed`;
    return [
      { verdict: "warning", what: "domain", found, advice: `npm install ${CLIENT}, to have it looked at` },
    ];
  }
};

/** Looks at the cluster, and at the domain where one is named; changes nothing. */
export const inspectSearch = async (
  config: OpenSearchConfig,
  domain: string | undefined,
): Promise<readonly SearchFinding[]> => {
  const cluster = openCluster(config);
  const safely = (check: Promise<readonly SearchFinding[]>): Promise<readonly SearchFinding[]> =>
    check.catch((error: unknown) => [failed("search", error)]);
  const ofCluster = async (): Promise<readonly SearchFinding[]> => {
    const version = await versionFinding(cluster);
    const others = await Promise.all([
      safely(healthFinding(cluster).then((finding) => [finding])),
      safely(blockFindings(cluster, config.prefix)),
    ]);
    return [version, ...others.flat()];
  };
  try {
    const [search, service] = await Promise.all([
      safely(ofCluster()),
      domain === undefined ? [] : inspectDomain(config, domain),
    ]);
    return [...search, ...service];
  } finally {
    await cluster.close();
  }
};
