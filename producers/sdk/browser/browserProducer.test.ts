import { describe, expect, it } from "vitest";
import { createBrowserProducer, memoryQueue, type PersistentQueue } from "./index.js";
import { isSampled } from "./sampling.js";

interface Sent {
  readonly id: string;
  readonly time: string;
  readonly n: number;
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A collector that can be out of reach, and pages of it. */
const aSite = (queue: PersistentQueue = memoryQueue()) => {
  const requests: { readonly events: readonly Sent[]; readonly keepalive: boolean }[] = [];
  const site = { down: false };
  const load = (
    more: { readonly consent?: boolean; readonly sample?: { share: number; session: string } } = {},
  ) => {
    const listeners: (() => void)[] = [];
    const page = {
      visibilityState: "visible",
      addEventListener: (_: string, listener: () => void) => void listeners.push(listener),
    };
    const producer = createBrowserProducer<{ view: { n: number; note?: string } }>({
      url: "https://events.example.com",
      queue,
      page,
      deadlineMs: 200,
      ...more,
      async fetch(_, init) {
        if (site.down) throw new TypeError("Failed to fetch");
        const text = new TextDecoder().decode(init?.body as Uint8Array<ArrayBuffer>);
        const events = text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Sent);
        requests.push({ events, keepalive: init?.keepalive === true });
        return Response.json({ outcomes: events.map(() => ({ status: "stored" })) });
      },
    });
    const hide = (): void => {
      page.visibilityState = "hidden";
      for (const listener of listeners) listener();
    };
    return { producer, hide };
  };
  return { site, requests, queue, load, sent: () => requests.flatMap(({ events }) => events) };
};

describe("the browser's producer", () => {
  it("sends when the page is hidden, by requests that outlive it", async () => {
    const { load, requests, queue } = aSite();
    const { producer, hide } = load();
    const end = producer.emit("view", { n: 1 });
    await settled();
    expect(requests).toEqual([]);
    hide();
    expect(await end).toMatchObject({ kind: "stored" });
    expect(requests).toMatchObject([{ keepalive: true, events: [{ n: 1 }] }]);
    expect(await queue.all()).toEqual([]);
  });

  it("sends after the next load what this one could not, as the same event", async () => {
    const { site, load, sent, queue } = aSite();
    site.down = true;
    const first = load();
    const end = first.producer.emit("view", { n: 1 }, { time: 1_700_000_000_000 });
    first.hide();
    expect(await end).toMatchObject({ kind: "failed" });
    const [kept] = await queue.all();
    site.down = false;
    const second = load();
    await settled();
    await second.producer.flush();
    expect(sent()).toMatchObject([{ id: kept?.id, time: "2023-11-14T22:13:20.000Z", n: 1 }]);
    await settled();
    expect(await queue.all()).toEqual([]);
  });

  it("takes nothing without consent, and forgets what waits when it is withdrawn", async () => {
    const { site, load, sent, queue } = aSite();
    const { producer } = load({ consent: false });
    expect(await producer.emit("view", { n: 1 })).toEqual({ kind: "dropped", reason: "consent" });
    producer.setConsent(true);
    site.down = true;
    const end = producer.emit("view", { n: 2 });
    producer.setConsent(false);
    expect(await end).toMatchObject({ kind: "failed", reason: "closed" });
    expect(await queue.all()).toEqual([]);
    site.down = false;
    producer.setConsent(true);
    void producer.emit("view", { n: 3 });
    await producer.flush();
    expect(sent().map(({ n }) => n)).toEqual([3]);
  });

  it("asks for no more bytes that outlive the page than browsers grant", async () => {
    const { load, requests } = aSite();
    const { producer } = load();
    for (let n = 0; n < 12; n++) void producer.emit("view", { n, note: "x".repeat(10_000) });
    await producer.flush();
    expect(requests.flatMap(({ events }) => events)).toHaveLength(12);
    expect(requests.some(({ keepalive }) => keepalive)).toBe(true);
  });

  it("samples sessions: all events of one or none, about as many sessions as asked for", async () => {
    const { load, sent } = aSite();
    const out = load({ sample: { share: 0, session: "s" } }).producer;
    expect(await out.emit("view", { n: 1 })).toEqual({ kind: "dropped", reason: "sampling" });
    const { producer } = load({ sample: { share: 1, session: "s" } });
    void producer.emit("view", { n: 2 });
    await producer.flush();
    expect(sent()).toHaveLength(1);
    const sampled = Array.from({ length: 10_000 }, (_, n) => isSampled(`session-${n}`, 0.1)).filter(Boolean);
    expect(sampled.length).toBeGreaterThan(850);
    expect(sampled.length).toBeLessThan(1_150);
  });
});
