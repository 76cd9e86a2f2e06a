import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DeploymentConfig, StageConfig } from "@freshet/infra";
import { repositoryFile } from "../support/freshet.js";

const ACCOUNT = "123456789012";
const REGION = "us-east-1";

const stage: StageConfig = {
  account: ACCOUNT,
  region: REGION,
  scale: { eventsPerSecond: 100, bytesPerEvent: 3_000, keys: 10_000, retention: { stream: "24h" } },
  alarms: { email: "line@example.com", budgetUsdPerMonth: 100 },
  stream: "provisioned",
  speed: "lambda",
  batch: { engine: "duckdb", every: "1h" },
  search: false,
  serving: { certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/local` },
};

export const deployment: DeploymentConfig = {
  name: "freshet",
  image: repositoryFile("."),
  staging: stage,
  production: stage,
};

export interface EmulatedAccount {
  /** The deployment's file. */
  readonly file: string;
  readonly dir: string;
  remove(): Promise<void>;
}

/** An account on an emulator, bootstrapped, and a deployment for it; this process and all that it starts speak to it from now on. */
export const openAccount = async (endpoint: string): Promise<EmulatedAccount> => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    // MiniStack takes the key for the account
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "local-server",
    AWS_REGION: REGION,
    CDK_DISABLE_VERSION_CHECK: "1",
    NODE_NO_WARNINGS: "1",
  });
  const dir = await mkdtemp(join(tmpdir(), "freshet-deploy-"));
  const file = join(dir, "freshet.deploy.json");
  await writeFile(file, JSON.stringify(deployment));
  const infra = createRequire(repositoryFile("infra/package.json"));
  const cdk = infra.resolve("aws-cdk/package.json").replace("package.json", "bin/cdk");
  await promisify(execFile)(process.execPath, [cdk, "bootstrap", `aws://${ACCOUNT}/${REGION}`], { cwd: dir });
  return { file, dir, remove: () => rm(dir, { recursive: true, force: true }) };
};
