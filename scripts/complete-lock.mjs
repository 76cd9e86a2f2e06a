// After `npm install`: makes package-lock.json whole for every platform. See lockfile/complete.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import { completeLock, missingOptional } from "./lockfile/complete.mjs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = missingOptional(lock);
if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
console.log(`${missing.length} optional packages filled in`);
