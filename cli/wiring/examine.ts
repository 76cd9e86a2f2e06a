import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import {
  GENERATION_POINTER,
  type GenerationManifest,
  type GenerationPointer,
  generationPath,
  ownApp,
  SCHEDULE,
  type Schedule,
  toAppDocument,
} from "@freshet/model";
import {
  awsServices,
  type DataStore,
  inspectDocuments,
  inspectServices,
  localDirOf,
  openDataStore,
  type StoreConfig,
} from "@freshet/storage";
import { explain } from "../output/explain.js";
import { examineMapping } from "./examineMapping.js";
import { examineSpool } from "./examineSpool.js";
import type { Finding } from "./finding.js";
import { loadApp } from "./loadApp.js";
import type { CommonOptions } from "./options.js";
import { storeOf } from "./store.js";

const NODE_LEAST = [20, 19] as const;
const FREE_BYTES_LEAST = 1024 ** 3;
const CLOCK_AHEAD_MS_MAX = 60_000;

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const good = major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1]);
  return good
    ? { verdict: "ok", what: "Node", found: process.versions.node }
    : {
        verdict: "problem",
        what: "Node",
        found: process.versions.node,
        advice: `install ${NODE_LEAST.join(".")} or newer`,
      };
};

const config = async (path: string): Promise<Finding> => {
  try {
    const { document } = await loadApp(path);
    return { verdict: "ok", what: "config", found: `${document.name}: ${document.metrics.length} metrics` };
  } catch (error) {
    return { verdict: "problem", what: "config", found: explain(error).message, advice: "mend the config" };
  }
};

const disk = async (directory: string): Promise<Finding> => {
  const { bavail, bsize } = await statfs(directory);
  const freeBytes = bavail * bsize;
  const found = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  return freeBytes >= FREE_BYTES_LEAST
    ? { verdict: "ok", what: "disk", found }
    : { verdict: "warning", what: "disk", found, advice: "free space before it is full" };
};

const running = async (data: DataStore): Promise<Finding> => {
  const now = Date.now();
  const held = (await data.leases.list()).filter(
    ({ name, expiresMs }) => name.startsWith("role/") && expiresMs > now,
  );
  const found = held.map(({ name, pid }) => `${name.slice("role/".length)} (pid ${pid ?? "?"})`).join(", ");
  return { verdict: "ok", what: "running", found: found || "nothing" };
};

const clock = async (data: DataStore, nowMs: number): Promise<Finding> => {
  const tips = [...(await data.increments.tips()).values()];
  const aheadMs = Math.max(0, ...tips.map(({ atMs }) => atMs - nowMs));
  return aheadMs <= CLOCK_AHEAD_MS_MAX
    ? { verdict: "ok", what: "clock", found: new Date(nowMs).toISOString() }
    : {
        verdict: "problem",
        what: "clock",
        found: `a worker's tip lies ${Math.round(aheadMs / 1000)} s in the future`,
        advice: "set this machine's clock",
      };
};

const revision = async (data: DataStore, path: string): Promise<Finding> => {
  const schedule = await data.records.get<Schedule>(SCHEDULE);
  const newest = schedule?.value.revisions.at(-1);
  if (!newest)
    return {
      verdict: "warning",
      what: "revision",
      found: "no app is published",
      advice: "start `freshet dev` once",
    };
  const same = await loadApp(path).then(
    (app) => JSON.stringify(toAppDocument(app).metrics) === JSON.stringify(ownApp(newest.app).metrics),
    () => false,
  );
  return same
    ? { verdict: "ok", what: "revision", found: `${newest.revision}, as the config` }
    : {
        verdict: "warning",
        what: "revision",
        found: `${newest.revision}, other than the config`,
        advice: "restart `freshet dev` or `speed` to publish it",
      };
};

const generation = async (data: DataStore): Promise<readonly Finding[]> => {
  const pointer = await data.records.get<GenerationPointer>(GENERATION_POINTER);
  if (!pointer)
    return [{ verdict: "warning", what: "generation", found: "none yet", advice: "run `freshet batch`" }];
  const bytes = await data.lake.get(generationPath(pointer.value.generation));
  const manifest = JSON.parse(Buffer.from(bytes).toString("utf8")) as GenerationManifest;
  const files = [
    ...manifest.identities,
    ...manifest.segments,
    ...Object.values(manifest.metrics).flatMap((metric) => metric.files.map(({ path }) => path)),
  ];
  const missing: string[] = [];
  for (const path of files) if (!existsSync(await data.lake.local(path).catch(() => ""))) missing.push(path);
  const books: Finding[] = manifest.disagreements.map(({ shard, tick, ordinal }) => ({
    verdict: "problem",
    what: "books",
    found: `${shard} is held back at segment ${tick}.${ordinal}: speed and batch counted differently`,
    advice: "`freshet land --fill` reads the log again; what is lost for good: `freshet write-off`",
  }));
  return [
    missing.length === 0
      ? { verdict: "ok", what: "generation", found: `${manifest.generation}, ${files.length} files` }
      : {
          verdict: "problem",
          what: "generation",
          found: `${missing.length} files are gone, such as ${missing[0]}`,
          advice: "`freshet restore` a backup, or `freshet batch --rebuild`",
        },
    ...(books.length > 0
      ? books
      : [{ verdict: "ok", what: "books", found: "speed and batch agree" } as const]),
  ];
};

/** Every check, the next ones also where one finds a problem. */
export const examine = async (options: CommonOptions, nowMs: number): Promise<readonly Finding[]> => {
  const findings: Finding[] = [node(), await config(options.app)];
  let store: StoreConfig;
  try {
    store = await storeOf(options, process.env);
  } catch (error) {
    return [...findings, { verdict: "problem", what: "store", found: explain(error).message }];
  }
  const directory = localDirOf(store);
  if (store.kind === "aws") {
    const services = await inspectServices(awsServices(store), Date.now);
    findings.push(...services);
    if (services.some(({ verdict }) => verdict === "problem")) return findings;
    if (store.spool) findings.push(await examineSpool(store, store.spool));
    if (store.lambda) findings.push(...(await examineMapping(store, store.lambda.fold)));
  } else if (!existsSync(directory)) {
    return [
      ...findings,
      {
        verdict: "warning",
        what: "data",
        found: `${directory} is not there yet`,
        advice: "start `freshet dev`",
      },
    ];
  }
  if (existsSync(directory)) findings.push(await disk(directory));
  findings.push(...(await inspectDocuments(store)));
  let data: DataStore;
  try {
    data = await openDataStore(store);
  } catch (error) {
    return [
      ...findings,
      { verdict: "problem", what: "data", found: explain(error).message, advice: "see the message" },
    ];
  }
  try {
    findings.push({
      verdict: "ok",
      what: "log",
      found: `${data.log.identity.id}, ${(await data.log.shards()).length} shards`,
    });
    const checks = [
      running(data),
      clock(data, nowMs),
      revision(data, options.app),
      generation(data),
    ] as const;
    for (const [index, check] of (await Promise.allSettled(checks)).entries()) {
      if (check.status === "fulfilled") findings.push(...[check.value].flat());
      else
        findings.push({
          verdict: "problem",
          what: ["running", "clock", "revision", "generation"][index] ?? "check",
          found: explain(check.reason).message,
        });
    }
  } finally {
    await data.close();
  }
  return findings;
};
