import { openTestLog } from "./openTestLog.js";

const [dir, round] = process.argv.slice(2) as [string, string];
const log = await openTestLog(dir);
for (let index = 0; ; index++) {
  const batch = Array.from({ length: 1 + (index % 50) }, (_, at) => ({
    partitionKey: `${round}-${index}-${at}`,
    data: Buffer.from("x".repeat((index * 37 + at * 11) % 500)),
  }));
  const outcomes = await log.append(batch);
  const lines = outcomes.map((outcome, at) => {
    const entry = batch[at] as (typeof batch)[number];
    return outcome.kind === "stored"
      ? `${outcome.sequence} ${entry.partitionKey} ${entry.data.toString()}\n`
      : "";
  });
  process.stdout.write(lines.join(""));
}
