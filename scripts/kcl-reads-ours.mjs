import { mkdirSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";
import { inPath } from "./engines/system.mjs";
import { prepare } from "./prepare/prepare.mjs";

const HELP = `node scripts/kcl-reads-ours.mjs

Random aggregates of @freshet/kpl, taken apart by the real KCL 3.1.3 (its AggregatorUtil), hold the user records that were put in, in their
order. Needs Maven and a JDK (javac) of Java 17 or newer; fetches 60 MB into .prepare/kcl. Ends with 1 where one differs.

  FRESHET_SEED   of the random aggregates (7)
`;
const AGGREGATES = 600;
const PARTITION_KEYS = ["a", "ключ", "日本", "__proto__", "x".repeat(256), "é".repeat(100)];

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "scripts/engines/kcl");
const place = join(root, ".prepare/kcl");

/** @throws Error with what it said */
const runOrThrow = (command, args, input) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, maxBuffer: 2 ** 30 });
  if (status === 0) return stdout.toString();
  throw new Error(`${command} failed: ${error?.message ?? stderr.toString()}`);
};

/** Numerical Recipes' linear congruential generator: nothing here asks for more. */
const createRandom = (seed) => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const randomRecords = (below, most) =>
  Array.from({ length: 1 + below(most) }, () => ({
    partitionKey: PARTITION_KEYS[below(PARTITION_KEYS.length)],
    data: Buffer.from(Array.from({ length: below(400) }, () => below(256))),
    ...(below(5) < 2 ? { explicitHashKey: BigInt(below(2 ** 31)) << BigInt(below(97)) } : {}),
  }));

const base64 = (value) => Buffer.from(value).toString("base64");

const main = async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  if (!inPath("mvn") || !inPath("javac")) {
    console.error("Maven and a JDK are needed. Debian, Ubuntu: apt-get install maven default-jdk-headless");
    return 1;
  }
  const prepared = await prepare();
  if (prepared !== 0) return prepared;
  const { encodeAggregate } = await import("../storage/log/kpl/dist/index.js");
  mkdirSync(place, { recursive: true });
  const jars = join(place, "jars");
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${jars}`];
  runOrThrow("mvn", ["-B", "-q", "-f", join(source, "pom.xml"), ...goal]);
  const classPath = [place, ...readdirSync(jars).map((jar) => join(jars, jar))].join(delimiter);
  runOrThrow("javac", ["-cp", classPath, "-d", place, join(source, "ReadAggregates.java")]);

  const seed = Number(process.env.FRESHET_SEED ?? 7);
  const below = createRandom(seed);
  const aggregates = Array.from({ length: AGGREGATES }, (_, index) =>
    randomRecords(below, index % 10 === 0 ? 300 : 12),
  );
  const lines = aggregates.map(
    (records) => `${base64(records[0].partitionKey)} ${base64(encodeAggregate(records))}\n`,
  );
  const read = runOrThrow("java", ["-cp", classPath, "ReadAggregates"], lines.join("")).split("\n");
  const differ = aggregates.filter((records, index) => {
    const wanted = records.map(
      ({ partitionKey, explicitHashKey, data }, at) =>
        `${base64(partitionKey)},${explicitHashKey ?? ""},${base64(data)},${at};`,
    );
    return read[index] !== wanted.join("");
  });
  const members = aggregates.reduce((sum, records) => sum + records.length, 0);
  console.log(`${AGGREGATES} aggregates of ${members} records, seed ${seed}: ${differ.length} differ`);
  return differ.length === 0 ? 0 : 1;
};

process.exitCode = await main(process.argv.slice(2));
