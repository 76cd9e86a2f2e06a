import { describe, expect, it } from "vitest";
import { aDeployment } from "../fixtures/deployment.js";
import { ConfigError } from "./configError.js";
import type { StageConfig } from "./deployment.js";
import { stageNamed } from "./loadDeployment.js";
import { parseDeployment } from "./parseDeployment.js";

const { production } = aDeployment();
const { scale } = production;
const withProduction = (overrides: Partial<StageConfig>) => ({
  ...aDeployment(),
  production: { ...production, ...overrides },
});
const withScale = (overrides: Partial<StageConfig["scale"]>) =>
  withProduction({ scale: { ...scale, ...overrides } });
const withRetention = (overrides: Partial<StageConfig["scale"]["retention"]>) =>
  withScale({ retention: { ...scale.retention, ...overrides } });

const messageOf = (value: unknown): string => {
  try {
    parseDeployment(value, "freshet.deploy.ts");
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

describe("a deployment", () => {
  it("is taken as it is where all fits", () => {
    expect(parseDeployment(aDeployment(), "here")).toEqual(aDeployment());
  });

  it.each([
    [withScale({ eventsPerSecond: 0 }), "/production/scale/eventsPerSecond"],
    [withScale({ eventsPerSecond: 2_000_000 }), "/production/scale/eventsPerSecond"],
    [withScale({ bytesPerEvent: 2.5 }), "/production/scale/bytesPerEvent"],
    [withScale({ keys: 90_000_000 }), "a server holds all live keys"],
    [withScale({ keys: -1 }), "/production/scale/keys"],
    [
      { ...aDeployment(), production: { ...production, scale: { ...scale, shards: 4 } } },
      "/production/scale/shards is not known",
    ],
    [{ ...aDeployment(), name: "Fresh Et" }, "/name"],
    [{ ...aDeployment(), staging: undefined }, "staging"],
    [withProduction({ account: "12" }), "/production/account"],
    [withProduction({ region: "Dublin" }), "/production/region"],
    [withProduction({ alarms: { ...production.alarms, email: "nobody" } }), "/production/alarms/email"],
    [withProduction({ alarms: { ...production.alarms, budgetUsdPerMonth: 0 } }), "budgetUsdPerMonth"],
    [withProduction({ alarms: { ...production.alarms, freshness: "1s" } }), "must be 2s or more"],
    [withRetention({ stream: "23h" }), "must be 24h to 365d"],
    [withRetention({ stream: "366d" }), "must be 24h to 365d"],
    [withRetention({ stream: "1441m" }), "must be whole hours"],
    [withRetention({ stream: "0d" }), "not a duration"],
    [withRetention({ lake: "3d" }), "at least the stream's retention"],
    [withRetention({ lake: "400h" }), "must be whole days"],
    [withRetention({ lake: "120d", archiveAfter: "90d" }), "90d or more before"],
    [withProduction({ batch: { engine: "spark", every: "5m" } }), "must be 15m to 1d"],
    [withRetention({ stream: "24h" }), ""],
    [
      withProduction({
        batch: { engine: "spark", every: "1d" },
        scale: { ...scale, retention: { stream: "24h" } },
      }),
      "at most half of /production/scale/retention/stream",
    ],
    [
      withProduction({
        region: "eu-central-1",
        scale: { ...scale, eventsPerSecond: 701_000 },
        serving: { certificateArn: "arn:aws:acm:eu-central-1:222222222222:certificate/x" },
      }),
      "needs 1002 shards, and an account has 1000 of them in eu-central-1",
    ],
    [withScale({ eventsPerRecord: 0 }), "/production/scale/eventsPerRecord"],
    [withScale({ eventsPerRecord: 5_000 }), "makes records of more than 1048576 bytes"],
    [withScale({ eventsPerVcpu: 50_000 }), "/production/scale/eventsPerVcpu"],
    [
      withProduction({ serving: { certificateArn: "arn:aws:acm:us-east-1:222222222222:certificate/x" } }),
      "must be of a certificate in eu-west-1",
    ],
    [
      withProduction({ serving: { ...production.serving, allowedNetworks: ["10.0.0.0"] } }),
      'holds "10.0.0.0", which is no network',
    ],
    [withProduction({ batch: { engine: "flink" as "spark", every: "1h" } }), "/production/batch/engine"],
  ])("that is out of range is refused, and what is wrong is named (%#: %s)", (value, part) => {
    const message = messageOf(value);
    expect(message).toContain(part);
    if (part !== "") expect(message).toMatch(/^freshet\.deploy\.ts: /);
    else expect(message).toBe("");
  });

  it("is told all that is wrong at once", () => {
    const message = messageOf(withRetention({ stream: "23h", lake: "1d", archiveAfter: "1h" }));
    expect(message.split("; ").length).toBeGreaterThanOrEqual(3);
  });

  it("has two stages", () => {
    expect(stageNamed("staging")).toBe("staging");
    expect(() => stageNamed("prod")).toThrow('"prod" is none of staging, production');
  });
});
