import { createRandom } from "../../random/random.js";
import { type BadReason, drawFate, type Shares, spoiled } from "./disturb.js";
import { burstRate } from "./rate.js";
import { type BurstSchedule, burstsBetween } from "./schedule.js";
import type { Article, Site } from "./site.js";
import { viewEvent, type WireEvent } from "./view.js";

/** An event as it arrives, with what is known of it: so that a test knows the right answer. */
export type SimulatedEvent = { readonly arrivalMs: number; readonly event: WireEvent } & (
  | { readonly kind: "view" | "late" | "near_duplicate" | "far_duplicate" }
  | { readonly kind: "bad"; readonly reason: BadReason }
);

export interface SlotSettings {
  readonly seed: number;
  readonly site: Site;
  readonly shares: Shares;
  /** Daily reading at this moment; breaking stories come on top. */
  readonly readingPerSecond: (timeMs: number) => number;
  readonly bursts: BurstSchedule;
  readonly slotMs: number;
  /** Sets this stream's ids apart from another's. */
  readonly idPrefix: string;
}

/** The clocks of producers are a little behind the log's. */
const TRANSIT_MAX_MS = 800;

/** Fills one slot of time after another; each follows from the seed and its start alone, but for copies that come in later slots. */
export const createSlots = (settings: SlotSettings) => {
  let copies: readonly SimulatedEvent[] = [];
  return {
    /** What arrives in [startMs, startMs + slotMs), in order of arrival. */
    fill: (startMs: number): readonly SimulatedEvent[] => {
      const endMs = startMs + settings.slotMs;
      const { arriving, later } = firstArrivals(settings, startMs);
      const waiting = [...copies, ...later];
      copies = waiting.filter(({ arrivalMs }) => arrivalMs >= endMs);
      const now = waiting.filter(({ arrivalMs }) => arrivalMs < endMs);
      return [...arriving, ...now].sort((a, b) => a.arrivalMs - b.arrivalMs);
    },
  };
};

const firstArrivals = (settings: SlotSettings, startMs: number) => {
  const { seed, site, shares, slotMs, idPrefix } = settings;
  const random = createRandom(seed, idPrefix, startMs);
  const arriving: SimulatedEvent[] = [];
  const later: SimulatedEvent[] = [];
  const arrive = (article: Article): void => {
    const arrivalMs = startMs + random.integer(slotMs);
    const id = `${idPrefix}${startMs.toString(36)}-${arriving.length}`;
    const fate = drawFate(random, shares);
    const lateMs = fate.kind === "late" ? fate.byMs : 0;
    const timeMs = arrivalMs - random.integer(TRANSIT_MAX_MS) - lateMs;
    const event = viewEvent(site, random, article, { id, timeMs });
    switch (fate.kind) {
      case "bad":
        arriving.push({ kind: "bad", reason: fate.reason, arrivalMs, event: spoiled(event, fate.reason) });
        break;
      case "near_duplicate":
      case "far_duplicate":
        arriving.push({ kind: "view", arrivalMs, event });
        later.push({ kind: fate.kind, arrivalMs: arrivalMs + fate.afterMs, event });
        break;
      case "late":
      case "view":
        arriving.push({ kind: fate.kind, arrivalMs, event });
    }
  };
  for (const { article, mean } of sources(settings, startMs)) {
    const count = random.poisson(mean);
    for (let index = 0; index < count; index++) {
      arrive(article ?? (site.standing[site.pickStanding(random)] as Article));
    }
  }
  return { arriving, later };
};

/** Where a slot's events come from: daily reading (no article of its own) and the stories that are breaking. */
const sources = (
  { seed, site, readingPerSecond, bursts, slotMs }: SlotSettings,
  startMs: number,
): readonly { readonly article: Article | null; readonly mean: number }[] => {
  const middleMs = startMs + slotMs / 2;
  const seconds = slotMs / 1000;
  return [
    { article: null, mean: readingPerSecond(middleMs) * seconds },
    ...burstsBetween(seed, bursts, startMs, startMs + slotMs).map((burst) => ({
      article: site.breaking(burst),
      mean: burstRate(burst.shape, middleMs - burst.startMs) * seconds,
    })),
  ];
};
