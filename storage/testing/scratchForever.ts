import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { openDirectoryLake } from "../lake/directoryLake.js";

const lake = await openDirectoryLake({ dir: process.argv[2] as string, now: Date.now, newId: randomUUID });
const file = await lake.scratch("parquet");
writeFileSync(file, "half");
process.stdout.write(`${file}\n`);
process.stdin.resume();
