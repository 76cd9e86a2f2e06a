import { createInterface } from "node:readline";
import { openTestLog } from "./openTestLog.js";

const log = await openTestLog(process.argv[2] as string);
process.stdout.write("ready\n");
for await (const line of createInterface(process.stdin)) {
  await log.append([{ partitionKey: "k", data: Buffer.from(line) }]);
  process.stdout.write(`${Date.now()}\n`);
}
await log.close();
