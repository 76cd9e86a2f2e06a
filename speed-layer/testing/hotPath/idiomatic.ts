import { binOf, type Reason, subBitsFor } from "@freshet/model";
import { decodeAggregate } from "./aggregatedRecord.js";
import { type Click, problemOf } from "./click.js";
import {
  HORIZON_TICKS,
  PANE_MS,
  type Pipeline,
  type ResponsePipeline,
  type Segment,
  SEGMENT_MS,
} from "./pipeline.js";

interface Group {
  readonly paneMs: number;
  readonly article: string;
  readonly cluster: string;
  views: number;
  dwellMs: number;
  readonly readers: Set<string>;
  readonly dwell: Map<number, number>;
}

interface Response {
  readonly Records: readonly { readonly Data: string; readonly ApproximateArrivalTimestamp: number }[];
}

/** Ids are remembered for one to two of these. */
const REMEMBERED_MS = HORIZON_TICKS * SEGMENT_MS;
/** What `quantiles` of the click app asks for. */
const SUB_BITS = subBitsFor(0.01);

const parse = (bytes: Buffer): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

/** The consumer that one would write without a thought for speed but without waste: objects, Map and Set. */
export const createIdiomatic = (checkDigest: boolean) => (): Pipeline & ResponsePipeline => {
  const segments: Segment[] = [];
  let tick = -1;
  let groups = new Map<string, Group>();
  let counts = { records: 0, events: 0, accepted: 0, duplicates: 0 };
  let rejected: Partial<Record<Reason, number>> = {};
  let ids = new Set<string>();
  let olderIds = new Set<string>();
  let forgottenAtMs = 0;

  const reject = (reason: Reason): void => {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
  };

  const count = (click: Click, timeMs: number): void => {
    const paneMs = Math.floor(timeMs / PANE_MS) * PANE_MS;
    const key = `${paneMs}|${click.article}|${click.cluster}`;
    let group = groups.get(key);
    if (group === undefined) {
      const { article, cluster } = click;
      group = { paneMs, article, cluster, views: 0, dwellMs: 0, readers: new Set(), dwell: new Map() };
      groups.set(key, group);
    }
    group.views++;
    group.dwellMs += click.dwellMs;
    group.readers.add(click.user);
    const bin = binOf(click.dwellMs, SUB_BITS);
    group.dwell.set(bin, (group.dwell.get(bin) ?? 0) + 1);
  };

  const add = (bytes: Buffer): void => {
    counts.events++;
    const event = parse(bytes);
    if (event === null) return reject("malformed");
    const problem = problemOf(event);
    if (problem !== null) return reject(problem);
    const click = event as unknown as Click;
    const timeMs = Date.parse(click.time);
    if (Number.isNaN(timeMs)) return reject("out_of_range");
    if (ids.has(click.id) || olderIds.has(click.id)) {
      counts.duplicates++;
      return;
    }
    ids.add(click.id);
    counts.accepted++;
    if (click.type === "article_view") count(click, timeMs);
  };

  const emit = (): void => {
    if (tick === -1) return;
    const rows = Array.from(groups.values(), ({ readers, dwell, ...group }) => ({
      ...group,
      readers: [...readers],
      dwell: [...dwell],
    }));
    segments.push({ tick, counts: { ...counts, rejected }, body: Buffer.from(JSON.stringify(rows)) });
    groups = new Map();
    counts = { records: 0, events: 0, accepted: 0, duplicates: 0 };
    rejected = {};
  };

  const take = (data: Buffer, arrivalMs: number): void => {
    const at = Math.floor(arrivalMs / SEGMENT_MS);
    if (at !== tick) {
      emit();
      tick = at;
    }
    if (arrivalMs >= forgottenAtMs + REMEMBERED_MS) {
      olderIds = ids;
      ids = new Set();
      forgottenAtMs = arrivalMs;
    }
    counts.records++;
    for (const event of decodeAggregate(data, checkDigest)) add(event);
  };

  return {
    take(records) {
      for (const { data, arrivalMs } of records) take(data, arrivalMs);
    },
    takeResponse(body) {
      const { Records } = JSON.parse(body.toString("utf8")) as Response;
      for (const { Data, ApproximateArrivalTimestamp } of Records)
        take(Buffer.from(Data, "base64"), Math.round(ApproximateArrivalTimestamp * 1_000));
    },
    finish() {
      emit();
      return segments;
    },
  };
};
