import { createRandom, type Random } from "../../random/random.js";
import { type Sampler, weightedSampler, zipfWeights } from "../../random/sampler.js";
import type { Burst } from "./schedule.js";
import { CLUSTERS, DEVICE_WEIGHTS, DEVICES, SECTIONS } from "./words.js";

export interface Article {
  readonly slug: string;
  readonly section: string;
  /** The cluster whose readers care most: an index into the clusters. */
  readonly cluster: number;
}

export interface Reader {
  readonly user: string;
  readonly cluster: string;
  readonly device: string;
}

/** Who reads what: all of it follows from the seed. */
export interface Site {
  /** What people read on any day, most popular first. */
  readonly standing: readonly Article[];
  readonly pickStanding: Sampler;
  /** The article that a breaking story is about: a standing one, or one that nobody has read before. */
  readonly breaking: (burst: Burst) => Article;
  readonly readerOf: (article: Article, random: Random) => Reader;
}

const POPULARITY_EXPONENT = 0.9;
const READERS_PER_CLUSTER = 3_000;
/** The share of an article's readers that comes from its own cluster. */
const OWN_CLUSTER_SHARE = 0.6;
const STORY_IS_NEW = 0.5;
/** Of the popular end, a burst would hardly show; so an old article that breaks is one of the others. */
const BREAKING_FROM = 20;

export const createSite = (seed: number): Site => {
  const standing = shuffled(createRandom(seed, "articles"), allArticles(seed));
  const popularity = weightedSampler(zipfWeights(standing.length, POPULARITY_EXPONENT));
  const pickDevice = weightedSampler(DEVICE_WEIGHTS);
  const devices = CLUSTERS.map((cluster) => {
    const random = createRandom(seed, "devices", cluster);
    return Array.from({ length: READERS_PER_CLUSTER }, () => DEVICES[pickDevice(random)] ?? DEVICES[0]);
  });
  return {
    standing,
    pickStanding: popularity,
    breaking: ({ story, startMs }) => {
      const random = createRandom(seed, "story", story);
      const article = random.pick(standing.slice(BREAKING_FROM));
      if (!random.chance(STORY_IS_NEW)) return article;
      const hourAndMinute = new Date(startMs).toISOString().slice(11, 16).replace(":", "");
      return { ...article, slug: `breaking-${hourAndMinute}-${article.slug}` };
    },
    readerOf: (article, random) => {
      const cluster = random.chance(OWN_CLUSTER_SHARE) ? article.cluster : random.integer(CLUSTERS.length);
      // Squared: a few read a lot.
      const reader = Math.floor(random.unit() ** 2 * READERS_PER_CLUSTER);
      return {
        user: `${CLUSTERS[cluster]}-${reader}`,
        cluster: CLUSTERS[cluster] ?? CLUSTERS[0],
        device: devices[cluster]?.[reader] ?? DEVICES[0],
      };
    },
  };
};

const allArticles = (seed: number): readonly Article[] => {
  const random = createRandom(seed, "clusters");
  return SECTIONS.flatMap(({ section, subjects, turns }) =>
    subjects.flatMap((subject) =>
      turns.map((turn) => ({
        slug: `${subject}-${turn}`,
        section,
        cluster: random.integer(CLUSTERS.length),
      })),
    ),
  );
};

const shuffled = <T>(random: Random, list: readonly T[]): readonly T[] =>
  list
    .map((value) => ({ value, order: random.unit() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
