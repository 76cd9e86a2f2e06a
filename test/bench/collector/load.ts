import { CLICK_BYTES_MAX, createClicks } from "@freshet/simulators";
import { type Connection, openConnection } from "./connection.js";

/*
 * Sends clicks, made beforehand, over some connections, each with a request after the other:
 * node load.js ADDRESS PATH EVENTS_PER_REQUEST CONNECTIONS SECONDS SEED. Says what came of it as JSON.
 */
const [, , address = "", path = "", events = "", connections = "", seconds = "", seed = ""] = process.argv;
const EVENTS = Number(events);
const NEWLINE = 0x0a;
const US_PER_MS = 1_000;
const EVENTS_MADE = 100_000;
/** Before it is measured, code is compiled and connections are made. */
const WARM_SHARE = 0.25;
/** All are well: a body of one event that is cut short would be refused as a whole. */
const SHARES = { view: 0.85, duplicate: 0.01, late: 0.002, odd: 0 };
const clicks = createClicks({ seed: Number(seed), fromMs: Date.now(), shares: SHARES });

const makeBody = (): Buffer => {
  const room = Buffer.allocUnsafe((CLICK_BYTES_MAX + 1) * EVENTS);
  let at = 0;
  for (let index = 0; index < EVENTS; index++) {
    if (index > 0) room[at++] = NEWLINE;
    at = clicks.write(room, at);
  }
  return Buffer.from(room.subarray(0, at));
};
const bodies = Array.from({ length: EVENTS_MADE / EVENTS }, makeBody);

let next = 0;
let requests = 0;
const tookMs: number[] = [];
const drive = async (connection: Connection): Promise<void> => {
  while (performance.now() < endMs) {
    const fromMs = performance.now();
    const { status, body } = await connection.post(bodies[next++ % bodies.length] as Buffer);
    if (status !== 200) throw new Error(`${status} ${body.toString()}`);
    if (fromMs < warmThroughMs) continue;
    requests++;
    tookMs.push(performance.now() - fromMs);
  }
};

const type = EVENTS === 1 ? "application/json" : "application/x-ndjson";
const open = await Promise.all(
  Array.from({ length: Number(connections) }, () => openConnection(address, path, type)),
);
const startMs = performance.now();
const warmThroughMs = startMs + Number(seconds) * 1_000 * WARM_SHARE;
const endMs = startMs + Number(seconds) * 1_000;
const cpu = process.cpuUsage();
await Promise.all(open.map(drive));
for (const connection of open) connection.close();
tookMs.sort((a, b) => a - b);
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    requestsPerSecond: requests / (Number(seconds) * (1 - WARM_SHARE)),
    p50Ms: tookMs[tookMs.length >> 1],
    p99Ms: tookMs[Math.floor(tookMs.length * 0.99)],
    cpuMs: (user + system) / US_PER_MS,
  }),
);
