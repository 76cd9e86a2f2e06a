import { readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { freePort } from "@freshet/simulators";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { freshet, temporaryDirectory } from "../support/freshet.js";
import { deployment } from "./stage.js";

const STACKS = `<DescribeStacksResponse><DescribeStacksResult><Stacks>
  <member><StackName>freshet-staging-Keys</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-21T00:00:00Z</CreationTime></member>
  <member><StackName>freshet-staging-Views</StackName><StackStatus>UPDATE_IN_PROGRESS</StackStatus><CreationTime>2026-11-21T00:00:00Z</CreationTime></member>
</Stacks></DescribeStacksResult></DescribeStacksResponse>`;

/** Answers what CloudFormation answers while a stack is changed, and notes what it was asked. */
const startCloudFormation = async (): Promise<{ server: Server; endpoint: string; asked: string[] }> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      asked.push(new URLSearchParams(body).get("Action") ?? `${request.method} ${request.url}`);
      response.writeHead(200, { "content-type": "text/xml" }).end(STACKS);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

describe("a deployment that cannot be", () => {
  const directory = temporaryDirectory();
  const write = (name: string, value: unknown): string => {
    const file = join(directory.path, name);
    writeFileSync(file, JSON.stringify(value));
    return file;
  };
  const stageIn = (file: string) => ["--stage", "staging", "--deployment", file];
  let cloudFormation: Awaited<ReturnType<typeof startCloudFormation>>;
  let file: string;

  beforeAll(async () => {
    cloudFormation = await startCloudFormation();
    file = write("freshet.deploy.json", deployment);
  });
  beforeEach(() => {
    vi.stubEnv("AWS_ENDPOINT_URL", cloudFormation.endpoint);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "123456789012");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local-server");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    cloudFormation.asked.length = 0;
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => {
    cloudFormation.server.close();
    directory.remove();
  });

  it.each(["deploy", "destroy"])(
    "is refused while somebody else is at it, before anything is made: %s",
    async (command) => {
      const { code, stderr } = await freshet(command, ...stageIn(file));
      expect(stderr).toMatch(
        /staging is not free: somebody else deploys or destroys it now \(freshet-staging-Views: UPDATE_IN_PROGRESS\): wait/,
      );
      expect(code).toBe(3);
      expect(cloudFormation.asked).toEqual(["DescribeStacks"]);
      expect(readdirSync(directory.path)).toEqual(["freshet.deploy.json"]);
    },
  );

  it("names an endpoint that is not there, and what was asked of it", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${await freePort()}`);
    const { code, stderr } = await freshet("deploy", ...stageIn(file));
    expect(stderr).toMatch(
      /freshet: asking CloudFormation in us-east-1 for the stacks of freshet-staging: .*ECONNREFUSED.*; .*check the network/,
    );
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(3);
  });

  it("says that there are no credentials", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
      vi.stubEnv(name, join(directory.path, "none"));
    const { code, stderr } = await freshet("deploy", ...stageIn(file));
    expect(stderr).toMatch(/Could not load credentials.*; check the credentials/);
    expect(code).toBe(3);
  });

  it("names all that is out of range, and asks nobody", async () => {
    const { staging } = deployment;
    const retention = { stream: "23h", lake: "36h" };
    const wrong = { ...deployment, staging: { ...staging, scale: { ...staging.scale, retention } } };
    const { code, stderr } = await freshet("deploy", ...stageIn(write("wrong.json", wrong)));
    expect(stderr).toContain("/staging/scale/retention/stream must be 24h to 365d");
    expect(stderr).toContain("/staging/scale/retention/lake must be whole days");
    expect(code).toBe(2);
    const missing = await freshet("deploy", ...stageIn(join(directory.path, "none.ts")));
    expect(missing.stderr).toMatch(/none\.ts: is not there: write one as docs\/aws\.md shows/);
    expect(missing.code).toBe(2);
    expect(cloudFormation.asked).toEqual([]);
  });
});
