import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SequenceNumber } from "@freshet/model";
import { openDataDirectory } from "../dataDirectory.js";
import { inspectDataDirectory } from "../directory/inspect.js";
import { StorageError } from "../errors.js";

// Changes bytes of the tables at random, then inspects and reads all of it. Counts what came of it.
const [source, workspace, rounds, seed] = process.argv.slice(2) as [string, string, string, string];
let state = Number(seed);
const random = (below: number): number => {
  state = (state * 1103515245 + 12345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * below);
};

const readAll = async (dir: string): Promise<string> => {
  const data = await openDataDirectory(dir);
  try {
    const seen: unknown[] = [];
    for (const { id } of await data.log.shards()) {
      for (let after: SequenceNumber | null = null; ; ) {
        const { records, atEnd } = await data.log.read(id, after, 1000);
        for (const record of records)
          seen.push(record.partitionKey, Buffer.from(record.data).toString("latin1"));
        after = records.at(-1)?.sequence ?? after;
        if (atEnd) break;
      }
    }
    return JSON.stringify(seen);
  } finally {
    await data.close();
  }
};

const damage = (file: string): void => {
  const bytes = readFileSync(file);
  const at = random(bytes.length);
  const length = 1 + random(64);
  for (let index = at; index < Math.min(at + length, bytes.length); index++) bytes[index] = random(256);
  writeFileSync(file, bytes);
};

const sound = await readAll(source);
const counts = { refused: 0, harmless: 0, wrong: 0 };
for (let round = 0; round < Number(rounds); round++) {
  const dir = join(workspace, `${round}`);
  mkdirSync(workspace, { recursive: true });
  cpSync(source, dir, { recursive: true });
  damage(join(dir, "log", "data.mdb"));
  const { problems } = await inspectDataDirectory(dir);
  try {
    if (problems.length > 0) counts.refused += 1;
    else if ((await readAll(dir)) === sound) counts.harmless += 1;
    else counts.wrong += 1;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    counts.refused += 1;
  }
  rmSync(dir, { recursive: true });
}
process.stdout.write(`${JSON.stringify(counts)}\n`);
