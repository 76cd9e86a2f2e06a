import { openEnvironment } from "../lmdb/environment.js";
import { createEmbeddedLeases } from "../lease/embeddedLeases.js";
import { thisProcess } from "../lease/processIdentity.js";

const environment = await openEnvironment(process.argv[2] as string, { create: false });
const leases = createEmbeddedLeases({ environment, self: thisProcess(), now: Date.now });
const outcome = await leases.acquire("role", "the other", 3_600_000);
process.stdout.write(`${outcome.kind}\n`);
process.stdin.resume();
