import type { Random } from "../../random/random.js";
import { weightedSampler, zipfWeights } from "../../random/sampler.js";
import type { ClickOptions } from "./options.js";
import {
  ARTICLE,
  CLUSTER,
  createInstantWriter,
  HOLES,
  putDigits,
  putUlid,
  type Template,
  templateOf,
  USER,
} from "./template.js";

/** No event takes more. */
export const CLICK_BYTES_MAX = 512;

/** `escaped` says the same as `well`, with an escape; `short` lacks a required field. */
export type Spelling = "well" | "escaped" | "short";

/** Writes events of a click stream. */
export interface ClickWriter {
  /** Writes an article view, and returns where it ends. */
  view(bytes: Uint8Array, at: number, timeMs: number, spelling: Spelling): number;
  /** Of the view written last. */
  readonly dwellMs: number;
  /** Of the view written last, its most popular first. */
  readonly article: number;
  readonly cluster: number;
  /** Writes an event of another type, and returns where it ends. */
  other(bytes: Uint8Array, at: number, timeMs: number): number;
}

const DWELLS = 4096;
const DWELL_MEDIAN_MS = 25_000;
const DWELL_MAX_MS = 1_800_000;
const SEARCH_SHARE = 0.3;

const start = (type: string): string => `{"type":"${type}","id":"${HOLES.id}","time":"${HOLES.time}"`;
const reader = (a = "a"): string =>
  `,"article":"${a}${HOLES.article}","cluster":"c${HOLES.cluster}","user":"u${HOLES.user}"`;

const VIEW = templateOf(`${start("article_view")}${reader()},"dwellMs":`);
const ESCAPED_VIEW = templateOf(`${start("article_view")}${reader("\\u0061")},"dwellMs":`);
const SHORT_VIEW = templateOf(`${start("article_view")}${reader()}`);
const SHARES = ["mail", "link", "social"].map((channel) =>
  templateOf(`${start("article_share")}${reader()},"channel":"${channel}"`),
);
const SEARCHES = ["weather tomorrow", "election results by region", "train strike", "recipes"].map((query) =>
  templateOf(`${start("search")},"query":"${query}","results":${query.length * 17},"user":"u${HOLES.user}"`),
);

const REFERRERS = [
  "https://news.example/front",
  "https://news.example/world",
  "https://search.example/?q=n",
  "https://social.example/p/1f",
];
const TAILS = ["mobile", "mobile", "mobile", "desktop", "desktop", "tablet"].flatMap((device) =>
  REFERRERS.map((referrer) => Buffer.from(`,"device":"${device}","referrer":"${referrer}"}`)),
);

/** @throws RangeError for more articles, clusters or users than the fields' widths hold. */
export const createClickWriter = (random: Random, options: ClickOptions): ClickWriter => {
  const { articles, zipfExponent, clusters, users } = options;
  const widths = [
    [articles, ARTICLE],
    [clusters, CLUSTER],
    [users, USER],
  ] as const;
  for (const [count, { from, digits }] of widths) {
    if (count > 10 ** digits - from)
      throw new RangeError(`${count}: expected at most ${10 ** digits - from}`);
  }
  const sampleArticle = weightedSampler(zipfWeights(articles, zipfExponent));
  const dwells = Int32Array.from({ length: DWELLS }, () =>
    Math.min(DWELL_MAX_MS, Math.round(DWELL_MEDIAN_MS * Math.exp(0.9 * random.normal()))),
  );
  const putInstant = createInstantWriter();
  let dwellMs = 0;
  let article = 0;
  let cluster = 0;

  const putHead = (bytes: Uint8Array, at: number, timeMs: number, template: Template): number => {
    bytes.set(template.bytes, at);
    putUlid(bytes, at + template.id, timeMs, random);
    putInstant(bytes, at + template.time, timeMs);
    if (template.article !== -1) {
      article = sampleArticle(random);
      cluster = random.integer(clusters);
      putDigits(bytes, at + template.article, ARTICLE.digits, ARTICLE.from + article);
      putDigits(bytes, at + template.cluster, CLUSTER.digits, CLUSTER.from + cluster);
    }
    putDigits(bytes, at + template.user, USER.digits, USER.from + random.integer(users));
    return at + template.bytes.length;
  };
  const putTail = (bytes: Uint8Array, at: number): number => {
    const tail = random.pick(TAILS);
    bytes.set(tail, at);
    return at + tail.length;
  };

  return {
    view(bytes, at, timeMs, spelling) {
      if (spelling === "short") return putTail(bytes, putHead(bytes, at, timeMs, SHORT_VIEW));
      const from = putHead(bytes, at, timeMs, spelling === "escaped" ? ESCAPED_VIEW : VIEW);
      dwellMs = dwells[random.integer(DWELLS)] as number;
      let digits = 1;
      for (let bound = 10; dwellMs >= bound; bound *= 10) digits++;
      putDigits(bytes, from, digits, dwellMs);
      return putTail(bytes, from + digits);
    },
    get dwellMs() {
      return dwellMs;
    },
    get article() {
      return article;
    },
    get cluster() {
      return cluster;
    },
    other: (bytes, at, timeMs) =>
      putTail(
        bytes,
        putHead(bytes, at, timeMs, random.pick(random.chance(SEARCH_SHARE) ? SEARCHES : SHARES)),
      ),
  };
};
