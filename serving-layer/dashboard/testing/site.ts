import type { AppDocument, ShardId } from "@freshet/model";
import Fastify, { type FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { type ApiOptions, apiPlugin } from "../../api/plugin.js";
import type { Reader } from "../../reader/reader.js";
import { aVisit, visitsApp } from "../../testing/visits.js";
import { openWorld, type World } from "../../testing/world.js";

const MINUTE_MS = 60_000;
const NEVER_STALE_MS = 3_600_000;

export interface Listening {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
}

/** The API and the dashboard on a port, until the test's end. */
export const listen = async (reader: Reader, options: ApiOptions = {}, port = 0): Promise<Listening> => {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(apiPlugin(reader, options));
  const url = await app.listen({ port, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return { app, url, port: Number(new URL(url).port) };
};

export interface Site {
  readonly world: World;
  readonly shard: ShardId;
  readonly reader: Reader;
  /** Start of the minute that is going on. */
  readonly nowMinuteMs: number;
  /** Adds events of the running minute, in a segment of their own. */
  more(pages: Readonly<Record<string, number>>): Promise<void>;
}

/** An hour settled by batch, and a minute that goes on. */
export const openSite = async (app: AppDocument = visitsApp): Promise<Site> => {
  const world = await openWorld(1);
  const nowMinuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  world.nowMs = nowMinuteMs;
  await world.publish(app);
  const shard = world.shards[0] as ShardId;
  for (let minute = 60; minute > 0; minute--) {
    const at = nowMinuteMs - minute * MINUTE_MS;
    await world.segment(shard, at / 1000, [aVisit(at, "alpha", minute), aVisit(at + 1, "beta", 2)]);
  }
  await world.segment(shard, nowMinuteMs / 1000, [aVisit(nowMinuteMs, "alpha")]);
  await world.generation({ [shard]: nowMinuteMs / 1000 });
  await world.tipAll();
  let second = 0;
  return {
    world,
    shard,
    reader: await world.reader({ staleAfterMs: NEVER_STALE_MS }),
    nowMinuteMs,
    async more(pages) {
      const events = Object.entries(pages).flatMap(([page, count]) =>
        Array.from({ length: count }, () => aVisit(nowMinuteMs + 1_000, page)),
      );
      await world.segment(shard, nowMinuteMs / 1000 + ++second, events);
      await world.tipAll();
    },
  };
};
