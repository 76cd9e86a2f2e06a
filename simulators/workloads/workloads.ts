import { WATCHED } from "./generated/answerBook.js";
import { createGenerated } from "./generated/generatedSource.js";
import { checkGenerated, type GeneratedOptions } from "./generated/options.js";
import { createNewsSource, type NewsSourceOptions, watchedNews } from "./news/newsSource.js";
import { createSite } from "./news/site.js";
import { createRecorded, type RecordedOptions } from "./recorded/recordedSource.js";
import type { ProbePlan, Workload } from "./source.js";

/** A view as the news app and the click stream's app both have it. */
const PROBE: ProbePlan = {
  metric: "article-views",
  common: "cluster",
  lane: "article",
  count: "views",
  event: {
    type: "article_view",
    section: "probe",
    user: "probe",
    device: "desktop",
    dwellMs: 1,
    referrer: "",
  },
};

const NEWS_LATE_MAX_MS = 2 * 3_600_000;

/** @throws RangeError for options that cannot be. */
export const generatedWorkload = (options: Omit<GeneratedOptions, "fromMs">): Workload => {
  checkGenerated({ ...options, fromMs: 0 });
  return {
    name: `generated clicks, seed ${options.seed}`,
    watched: WATCHED,
    lateMaxMs: options.lateTail.mostMs + options.clocks.skewMaxMs,
    probe: PROBE,
    open: (fromMs) => createGenerated({ ...options, fromMs }),
  };
};

/** The news site as `freshet dev --simulate news` has it, at a steady rate of daily reading. */
export const newsLoad = (options: Omit<NewsSourceOptions, "fromMs">): Workload => ({
  name: `the news site, seed ${options.seed}`,
  watched: watchedNews(createSite(options.seed)),
  lateMaxMs: NEWS_LATE_MAX_MS,
  probe: PROBE,
  open: (fromMs) => createNewsSource({ ...options, fromMs }),
});

/** A file's events, of whatever app: its answers are those of the ledger alone. @throws RangeError for options that cannot be. */
export const recordedLoad = (name: string, options: Omit<RecordedOptions, "fromMs">): Workload => {
  createRecorded({ ...options, fromMs: 0 });
  return {
    name: `${name}, ${options.speed} times as fast, ${options.fanOut} times`,
    ...{ watched: [], lateMaxMs: 0, probe: null },
    open: (fromMs) => createRecorded({ ...options, fromMs }),
  };
};
