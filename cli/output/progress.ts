import type { ReplayProgress } from "@freshet/producers";

const BAR_CELLS = 24;

const duration = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** A progress bar with the rate and the time left. */
export const progressText = (progress: ReplayProgress): string => {
  const { readBytes, totalBytes, events, eventsPerSecond, leftMs } = progress;
  const rate = `${events.toLocaleString("en")} events, ${Math.round(eventsPerSecond).toLocaleString("en")}/s`;
  if (totalBytes === null || totalBytes === 0) return rate;
  const share = Math.min(1, readBytes / totalBytes);
  const filled = Math.round(share * BAR_CELLS);
  const bar = "█".repeat(filled) + "░".repeat(BAR_CELLS - filled);
  const left = leftMs === null ? "" : `, ${duration(leftMs)} left`;
  return `${bar} ${Math.floor(share * 100)} %  ${rate}${left}`;
};
