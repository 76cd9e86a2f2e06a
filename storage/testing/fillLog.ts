import { openDataDirectory } from "../dataDirectory.js";

// A limit on the size of files stands in for a full disk: both refuse a write half way.
const data = await openDataDirectory(process.argv[2] as string);
for (let index = 0; ; index++) {
  try {
    await data.log.append([{ partitionKey: `${index}`, data: Buffer.alloc(10_000, index) }]);
  } catch (error) {
    const { kind, message } = error as { kind: string; message: string };
    process.stdout.write(`${JSON.stringify({ kind, message, last: index - 1 })}\n`);
    break;
  }
}
await data.close();
