import { setTimeout as sleep } from "node:timers/promises";
import { type DataDirectory, heartbeatRecord } from "@freshet/storage";
import { aFeed, appendAll, runLayers, startLanding, startSpeed } from "../line/lineRun.js";

/** A segment ends when a record of a later tick comes. */
const SEGMENT_ENDED_MS = 1_100;

const appendHeartbeats = async ({ log }: DataDirectory): Promise<void> => {
  const open = (await log.shards()).filter(({ closed }) => !closed);
  await log.append(
    open.map(({ hashRange }) => ({
      partitionKey: "",
      data: heartbeatRecord(),
      explicitHashKey: hashRange.first,
    })),
  );
};

/** Clicks through the line as it is: in the log, folded and landed, every segment of theirs finished. */
export const landClicks = async (data: DataDirectory, events: number): Promise<void> => {
  await runLayers([() => startSpeed(data), () => startLanding(data)], async () => {
    await appendAll(data, aFeed("aggregates", events));
    await sleep(SEGMENT_ENDED_MS);
    await appendHeartbeats(data);
  });
};
