import {
  compileMetrics,
  createByteWriter,
  decodeIncrement,
  decodeParts,
  type Measure,
  measureFor,
  type MeasureSpec,
} from "@freshet/model";
import { clicksApp } from "@freshet/simulators";

/** A group of a segment, in a form in which all pipelines can be compared. */
export interface FoldedGroup {
  readonly paneMs: number;
  /** As JSON. */
  readonly key: string;
  readonly views: number;
  readonly dwellMs: number;
  /** The sketch, encoded, hex. */
  readonly readers: string;
  /** Bin and count, ascending. */
  readonly dwell: readonly (readonly [number, number])[];
}

const measuresOf = new Map<string, readonly Measure[]>(
  compileMetrics(clicksApp).map(({ metric }) => [
    metric.hash,
    metric.measures.map(({ spec }) => measureFor(spec)),
  ]),
);

const ofKind = (measures: readonly Measure[], kind: MeasureSpec["kind"]): number => {
  const index = measures.findIndex(({ spec }) => spec.kind === kind);
  if (index === -1) throw new Error(`the clicks are not measured by ${kind}`);
  return index;
};

const readersMeasure = (): Measure => {
  const [measures = []] = measuresOf.values();
  return measures[ofKind(measures, "countDistinct")] as Measure;
};

const hexOf = (measure: Measure, state: unknown): string => {
  const out = createByteWriter(64);
  measure.encode(state, out);
  return Buffer.from(out.finish()).toString("hex");
};

/** The groups of an increment body. */
export const groupsOfBody = (body: Uint8Array): readonly FoldedGroup[] => {
  const { metrics } = decodeIncrement(body, (hash) => measuresOf.get(hash) ?? null);
  return metrics.flatMap(({ definition, groups }) => {
    const measures = measuresOf.get(definition) ?? [];
    const [views, dwellMs, readers, dwell] = (["count", "sum", "countDistinct", "quantiles"] as const).map(
      (kind) => ofKind(measures, kind),
    ) as [number, number, number, number];
    return groups.map(({ paneMs, key, states }) => ({
      paneMs,
      key: JSON.stringify(decodeParts(key)),
      views: Number(states[views]),
      dwellMs: Number(states[dwellMs]),
      readers: hexOf(measures[readers] as Measure, states[readers]),
      dwell: pairs(states[dwell] as readonly number[]),
    }));
  });
};

const pairs = (histogram: readonly number[]): readonly (readonly [number, number])[] =>
  Array.from({ length: histogram.length / 2 }, (_, index) => [
    histogram[2 * index] as number,
    histogram[2 * index + 1] as number,
  ]);

/** As `createIdiomatic` emits it. */
interface Row extends Omit<FoldedGroup, "key" | "readers"> {
  readonly article: string;
  readonly cluster: string;
  readonly readers: readonly string[];
}

/** The groups of what `createIdiomatic` emits, their readers put into the product's sketch. */
export const groupsOfRows = (body: Uint8Array): readonly FoldedGroup[] => {
  const measure = readersMeasure();
  const rows = JSON.parse(Buffer.from(body).toString("utf8")) as readonly Row[];
  return rows.map(({ article, cluster, readers, dwell, ...row }) => ({
    ...row,
    key: JSON.stringify([article, cluster]),
    readers: hexOf(
      measure,
      readers.reduce<unknown>((state, reader) => measure.add(state, reader), measure.zero()),
    ),
    dwell: dwell.toSorted(([a], [b]) => a - b),
  }));
};
