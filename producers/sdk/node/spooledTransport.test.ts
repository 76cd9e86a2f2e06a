import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createProducer, type EventResult, type OutgoingEvent, type Transport } from "../index.js";
import { openSpool } from "./spool.js";
import { spooledTransport } from "./spooledTransport.js";

const aDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "freshet-spool-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** A log that can be down, throttles now and then, and rejects every tenth event. */
const aLog = () => {
  const log = {
    down: false,
    sends: 0,
    stored: new Map<string, OutgoingEvent>(),
    transport: { send } as Transport,
  };
  async function send({ events }: { readonly events: readonly OutgoingEvent[] }) {
    if (log.down) throw new Error("no connection");
    log.sends++;
    const results = events.map((event, index): EventResult => {
      if (Number(event.id) % 10 === 9) return { kind: "rejected", reason: "wrong_type", detail: "" };
      if (log.sends % 2 === 1 && index % 3 === 0) return { kind: "retry", afterMs: 1 };
      log.stored.set(event.id, event);
      return { kind: "stored" };
    });
    return { kind: "results" as const, results };
  }
  return log;
};

const open = async (directory: string, log: ReturnType<typeof aLog>, bytesMax = 1 << 20) => {
  const rejected: string[] = [];
  const transport = spooledTransport({
    transport: log.transport,
    spool: await openSpool({ directory, bytesMax }),
    onRejected: ({ id }) => rejected.push(id),
  });
  return {
    transport,
    rejected,
    producer: createProducer<{ click: { n: number } }>({ transport, flushAfterMs: 1 }),
  };
};

it("stores events while the log is down, and the next process sends them as they were", async () => {
  const directory = await aDirectory();
  const log = aLog();
  log.down = true;
  const before = await open(directory, log);
  const ends = Array.from({ length: 100 }, (_, n) =>
    before.producer.emit("click", { n }, { id: String(n), time: n }),
  );
  expect((await Promise.all(ends)).every(({ kind }) => kind === "stored")).toBe(true);
  await before.transport.close();
  expect(log.stored.size).toBe(0);
  log.down = false;
  const after = await open(directory, log);
  await after.transport.empty();
  expect(after.rejected).toHaveLength(10);
  expect(log.stored.size).toBe(90);
  expect(log.sends).toBeGreaterThan(1);
  const { type, timeMs, partitionKey, json } = log.stored.get("42") as OutgoingEvent;
  expect({ type, timeMs, partitionKey }).toEqual({ type: "click", timeMs: 42, partitionKey: "42" });
  expect(JSON.parse(new TextDecoder().decode(json))).toMatchObject({ type: "click", id: "42", n: 42 });
  await after.transport.close();
});

it("says nothing is stored that has no room, until there is", async () => {
  const log = aLog();
  log.down = true;
  const { transport, producer } = await open(await aDirectory(), log, 5_500);
  for (let n = 0; n < 8; n++) void producer.emit("click", { n }, { id: String(n), time: n });
  await producer.flush();
  const end = producer.emit("click", { n: 8 }, { id: "8".repeat(1_500), time: 8 });
  const isDone = await Promise.race([
    end.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 50, false)),
  ]);
  expect(isDone).toBe(false);
  log.down = false;
  expect(await end).toMatchObject({ kind: "stored" });
  await transport.empty();
  expect(log.stored.size).toBe(9);
  await transport.close();
});
