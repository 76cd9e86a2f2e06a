import { openDataDirectory } from "../dataDirectory.js";

const create = { shards: 2, segmentMs: 1000, segmentEventsMax: 1000, dedupeHorizonMs: 120_000 };
const data = await openDataDirectory(process.argv[2] as string, { create });
for (;;) {
  const revision = (await data.records.get("made"))?.revision ?? 0;
  if (await data.records.replace("made", revision, process.pid)) break;
}
await data.close();
