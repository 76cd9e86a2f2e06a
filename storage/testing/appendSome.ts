import { openTestLog } from "./openTestLog.js";

const [dir, name, count] = process.argv.slice(2) as [string, string, string];
const log = await openTestLog(dir);
for (let index = 0; index < Number(count); index++) {
  await log.append([{ partitionKey: name, data: Buffer.from(`${name} ${index}`) }]);
}
await log.close();
