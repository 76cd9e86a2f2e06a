import { randomUUID } from "node:crypto";
import { openDirectoryLake } from "../lake/directoryLake.js";

// A limit on the size of files stands in for a full disk: both refuse a write half way.
const lake = await openDirectoryLake({ dir: process.argv[2] as string, now: Date.now, newId: randomUUID });
await lake.put("files/small", Buffer.alloc(1000));
const refused: unknown = await lake
  .put("files/large", Buffer.alloc(1_000_000))
  .catch((error: unknown) => error);
await lake.put("files/after", Buffer.alloc(1000));
const { kind, message } = refused as { kind: string; message: string };
process.stdout.write(`${JSON.stringify({ kind, message })}\n`);
