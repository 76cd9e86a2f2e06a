import type { DomainStatus } from "@aws-sdk/client-opensearch";
import type { SearchFinding } from "./inspectSearch.js";

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** Whether a policy lets everybody in, from everywhere. */
const isOpen = (policy: string): boolean => {
  let statements: readonly Statement[];
  try {
    const { Statement: found } = JSON.parse(policy) as {
      readonly Statement?: readonly Statement[] | Statement;
    };
    statements = Array.isArray(found) ? found : [found ?? {}];
  } catch {
    return false;
  }
  return statements.some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Allow" &&
      Condition === undefined &&
      (Principal === "*" ||
        JSON.stringify(Principal) === '{"AWS":"*"}' ||
        JSON.stringify(Principal) === '{"AWS":["*"]}'),
  );
};

const addressesOf = ({ Endpoint, Endpoints, EndpointV2 }: DomainStatus): readonly string[] =>
  [Endpoint, EndpointV2, ...Object.values(Endpoints ?? {})].flatMap((address) => (address ? [address] : []));

/** What a domain's description says that its cluster does not: state, version, who may ask. @param endpoint as configured */
export const domainFindings = (domain: DomainStatus, endpoint: string): readonly SearchFinding[] => {
  const name = domain.DomainName ?? "the domain";
  const finding = (verdict: SearchFinding["verdict"], found: string, advice?: string): SearchFinding => ({
    verdict,
    what: "domain",
    found: `${name}: ${found}`,
    ...(advice !== undefined && { advice }),
  });
  const findings: SearchFinding[] = [];
  if (domain.Deleted) findings.push(finding("problem", "is being deleted", "name another domain"));
  if (domain.Processing || domain.UpgradeProcessing)
    findings.push(finding("warning", "is being changed", "wait until it is done"));
  if (domain.ServiceSoftwareOptions?.UpdateAvailable && !domain.ServiceSoftwareOptions.OptionalDeployment)
    findings.push(finding("warning", "has to be updated", "choose when, before AWS does"));
  if (!addressesOf(domain).includes(new URL(endpoint).host))
    findings.push(
      finding(
        "problem",
        `is not at ${endpoint}`,
        `endpoints of it: ${addressesOf(domain).join(", ") || "none yet"}`,
      ),
    );
  const guarded = domain.VPCOptions?.VPCId !== undefined || domain.AdvancedSecurityOptions?.Enabled === true;
  if (!guarded && isOpen(domain.AccessPolicies ?? ""))
    findings.push(finding("problem", "lets everybody in", "name the principals in its access policy"));
  if (domain.EncryptionAtRestOptions?.Enabled !== true || domain.DomainEndpointOptions?.EnforceHTTPS !== true)
    findings.push(
      finding(
        "warning",
        "does not encrypt all it keeps, or takes plain HTTP",
        "switch encryption and HTTPS on",
      ),
    );
  return findings.length > 0 ? findings : [finding("ok", domain.EngineVersion ?? "of no known version")];
};
