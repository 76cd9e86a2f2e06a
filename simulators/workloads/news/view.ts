import type { Random } from "../../random/random.js";
import type { Article, Site } from "./site.js";

export const VIEW_TYPE = "article_view";

/** What producers send: a flat JSON object. */
export interface WireEvent {
  readonly type: string;
  readonly id: string;
  readonly time: string;
  readonly [field: string]: string | number;
}

const DWELL_MEDIAN_MS = 25_000;
const DWELL_MAX_MS = 1_800_000;

export const viewEvent = (
  site: Site,
  random: Random,
  article: Article,
  { id, timeMs }: { readonly id: string; readonly timeMs: number },
): WireEvent => {
  const { user, cluster, device } = site.readerOf(article, random);
  return {
    type: VIEW_TYPE,
    id,
    time: new Date(timeMs).toISOString(),
    article: article.slug,
    section: article.section,
    cluster,
    user,
    device,
    dwellMs: Math.min(DWELL_MAX_MS, Math.round(DWELL_MEDIAN_MS * Math.exp(0.9 * random.normal()))),
  };
};
