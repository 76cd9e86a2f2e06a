import type { DomainStatus } from "@aws-sdk/client-opensearch";
import { describe, expect, it } from "vitest";
import { startOpenSearchDouble } from "../../testing/openSearch/openSearchDouble.js";
import { domainFindings } from "./domain.js";
import { inspectSearch } from "./inspectSearch.js";

const answersOf =
  (answers: Readonly<Record<string, object>>) =>
  (path: string): { readonly status: number; readonly body: object } | null => {
    const body = answers[path];
    return body ? { status: 200, body } : null;
  };
const GOOD = {
  "/": { version: { number: "3.8.0", distribution: "opensearch" } },
  "/_cluster/health": { status: "green", number_of_nodes: 3, unassigned_shards: 0 },
  "/freshet-*/_settings/index.blocks.*": { "freshet-letters--2026.01.01": { settings: {} } },
};
const inspect = async (answers: Readonly<Record<string, object>>, domain?: string) => {
  const { endpoint } = await startOpenSearchDouble({ answers: answersOf(answers) });
  return inspectSearch({ endpoint, prefix: "freshet", auth: { kind: "none" } }, domain);
};

describe("what the doctor says of OpenSearch", () => {
  it("finds nothing where all is well", async () => {
    const findings = await inspect(GOOD);
    expect(findings.map(({ verdict }) => verdict)).toEqual(["ok", "ok"]);
    expect(findings[0]?.found).toMatch(/^opensearch 3\.8\.0 at http/);
  });

  it.each([
    [{ "/": { version: { number: "7.17.0" } } }, "problem", /elasticsearch 7\.17/],
    [{ "/": { version: { number: "1.3.2", distribution: "opensearch" } } }, "problem", /1\.3\.2/],
    [{ "/_cluster/health": { ...GOOD["/_cluster/health"], status: "red" } }, "problem", /red/],
    [{ "/_cluster/health": { ...GOOD["/_cluster/health"], status: "yellow" } }, "warning", /yellow/],
    [
      {
        "/freshet-*/_settings/index.blocks.*": {
          a: { settings: { "index.blocks.read_only_allow_delete": "true" } },
        },
      },
      "problem",
      /1 indices take no writes, such as a/,
    ],
  ])("names what is wrong: %j", async (answers, verdict, found) => {
    const findings = await inspect({ ...GOOD, ...answers });
    expect(findings).toContainEqual(
      expect.objectContaining({ verdict, found: expect.stringMatching(found) as string }),
    );
  });

  it("says once that nobody answers, and that requests to a domain are to be signed", async () => {
    const config = { endpoint: "http://127.0.0.1:1", prefix: "freshet", auth: { kind: "none" } } as const;
    expect(await inspectSearch(config, "mine")).toEqual([
      { verdict: "problem", what: "search", found: expect.stringMatching(/ECONNREFUSED/) },
      {
        verdict: "warning",
        what: "domain",
        found: expect.stringMatching(/not signed/),
        advice: expect.anything(),
      },
    ]);
  });
});

const aDomain = (overrides: Partial<DomainStatus> = {}): DomainStatus => ({
  DomainId: "1/mine",
  DomainName: "mine",
  ARN: "arn:aws:es:eu-west-1:1:domain/mine",
  ClusterConfig: {},
  EngineVersion: "OpenSearch_2.19",
  Endpoint: "search-mine.eu-west-1.es.amazonaws.com",
  AccessPolicies: '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:role/freshet"}}]}',
  EncryptionAtRestOptions: { Enabled: true },
  DomainEndpointOptions: { EnforceHTTPS: true },
  ...overrides,
});
const OPEN = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"es:*"}]}';
const ENDPOINT = "https://search-mine.eu-west-1.es.amazonaws.com";

describe("what the doctor says of a domain", () => {
  it("names its version where all is well", () => {
    expect(domainFindings(aDomain(), ENDPOINT)).toEqual([
      { verdict: "ok", what: "domain", found: "mine: OpenSearch_2.19" },
    ]);
  });

  it.each<[Partial<DomainStatus>, string, RegExp]>([
    [{ Deleted: true }, "problem", /being deleted/],
    [{ Processing: true }, "warning", /being changed/],
    [{ Endpoint: "other" }, "problem", /is not at https/],
    [{ AccessPolicies: OPEN }, "problem", /everybody/],
    [{ EncryptionAtRestOptions: { Enabled: false } }, "warning", /encrypt/],
    [{ DomainEndpointOptions: {} }, "warning", /plain HTTP/],
  ])("names what is wrong: %j", (overrides, verdict, found) => {
    expect(domainFindings(aDomain(overrides), ENDPOINT)).toEqual([
      expect.objectContaining({ verdict, found: expect.stringMatching(found) as string }),
    ]);
  });

  it("leaves an open policy alone where a network or roles guard the domain, or a condition does", () => {
    const conditioned = OPEN.replace('"Action"', '"Condition":{},"Action"');
    for (const overrides of [
      { AccessPolicies: OPEN, VPCOptions: { VPCId: "vpc-1" } },
      { AccessPolicies: OPEN, AdvancedSecurityOptions: { Enabled: true } },
      { AccessPolicies: conditioned },
    ])
      expect(domainFindings(aDomain(overrides), ENDPOINT)[0]?.verdict).toBe("ok");
  });
});
