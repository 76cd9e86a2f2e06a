import {
  type DayFile,
  type GenerationManifest,
  type Ledger,
  type MetricDefinition,
  type Schedule,
  SCHEDULE,
} from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { additiveMeasures, differingGroupsSql, totalsSql } from "../sql/comparison.js";
import { parquet } from "../sql/text.js";
import { dayText, localFiles } from "./files.js";
import { keptManifest } from "./revert.js";

/** Days that are named; the counts are over all. */
const DAYS_NAMED_MAX = 10;

type Both<T> = readonly [first: T, second: T];

/** A metric in two generations. A group is a pane and a key. */
export interface ComparedMetric {
  readonly metric: string;
  /** Null: that generation lacks it. Two that differ: it was changed in between, and of its groups only the number is told. */
  readonly definitions: Both<string | null>;
  readonly groups: Both<number>;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** That both have, with other values. */
  readonly differing: number;
  /** UTC days in which groups are not the same: the first of them. */
  readonly days: readonly string[];
  /** Counts and sums that both have, over all groups; text past 2^53. */
  readonly totals: readonly { readonly measure: string; readonly values: Both<number | string> }[];
}

export interface ComparedGenerations {
  readonly generations: Both<number>;
  readonly ledgers: Both<Ledger>;
  readonly metrics: readonly ComparedMetric[];
}

interface Sources {
  readonly db: DuckDb;
  readonly lake: DataStore["lake"];
}

interface Side {
  readonly definition: MetricDefinition;
  readonly files: readonly DayFile[];
}

const rowsIn = (side: Side | null): number => side?.files.reduce((sum, { rows }) => sum + rows, 0) ?? 0;

const exact = (text: string): number | string => (Number.isSafeInteger(Number(text)) ? Number(text) : text);

const selectFrom = async (lake: Sources["lake"], files: readonly DayFile[]): Promise<string> =>
  `SELECT * FROM ${parquet(
    await localFiles(
      lake,
      files.map(({ path }) => path),
    ),
  )}`;

const totalsOf = async (
  { db, lake }: Sources,
  { definition, files }: Side,
  measures: readonly string[],
): Promise<readonly (number | string)[]> => {
  if (files.length === 0 || measures.length === 0) return measures.map(() => 0);
  const [row] = await db.rows<Readonly<Record<string, string>>>(
    totalsSql(definition, measures, await selectFrom(lake, files)),
  );
  return measures.map((_, index) => exact(row?.[`t${index}`] ?? "0"));
};

type Differences = Pick<ComparedMetric, "onlyFirst" | "onlySecond" | "differing" | "days">;

/** Files that both name hold the same, so that only the others are read. */
const differencesOf = async ({ db, lake }: Sources, first: Side, second: Side): Promise<Differences> => {
  const paths = [first, second].map(({ files }) => new Set(files.map(({ path }) => path)));
  const mine = first.files.filter(({ path }) => !paths[1]?.has(path));
  const theirs = second.files.filter(({ path }) => !paths[0]?.has(path));
  const any = [...mine, ...theirs].slice(0, 1);
  if (any.length === 0) return { onlyFirst: 0, onlySecond: 0, differing: 0, days: [] };
  const source = async (files: readonly DayFile[]): Promise<string> =>
    files.length > 0 ? selectFrom(lake, files) : `${await selectFrom(lake, any)} LIMIT 0`;
  const rows = await db.rows<{
    readonly day: number;
    readonly only_first: number;
    readonly only_second: number;
    readonly differing: number;
  }>(differingGroupsSql(first.definition, await source(mine), await source(theirs)));
  const sum = (of: "only_first" | "only_second" | "differing"): number =>
    rows.reduce((total, row) => total + row[of], 0);
  return {
    onlyFirst: sum("only_first"),
    onlySecond: sum("only_second"),
    differing: sum("differing"),
    days: rows.slice(0, DAYS_NAMED_MAX).map(({ day }) => dayText(day)),
  };
};

const compareMetric = async (
  sources: Sources,
  first: Side | null,
  second: Side | null,
): Promise<ComparedMetric> => {
  const one = first ?? second;
  if (!one) throw new Error("a metric of neither generation is compared");
  const same = first?.definition.hash === second?.definition.hash;
  const differences =
    first && second && same
      ? await differencesOf(sources, first, second)
      : {
          onlyFirst: second ? 0 : rowsIn(first),
          onlySecond: first ? 0 : rowsIn(second),
          differing: 0,
          days: [],
        };
  const others = second && additiveMeasures(second.definition);
  const measures =
    first && others ? additiveMeasures(first.definition).filter((of) => others.includes(of)) : [];
  const values =
    first && second
      ? [await totalsOf(sources, first, measures), await totalsOf(sources, second, measures)]
      : [];
  return {
    metric: one.definition.name,
    definitions: [first?.definition.hash ?? null, second?.definition.hash ?? null],
    groups: [rowsIn(first), rowsIn(second)],
    ...differences,
    totals: measures.map((measure, index) => ({
      measure,
      values: [values[0]?.[index] ?? 0, values[1]?.[index] ?? 0],
    })),
  };
};

/** Definitions that both have stand together; of a name, those that only one has, too, if there is one each. */
const pairsOf = ([first, second]: Both<readonly Side[]>): readonly Both<Side | null>[] => {
  const inBoth = new Set(
    first.flatMap(({ definition: { hash } }) =>
      second.some(({ definition }) => definition.hash === hash) ? [hash] : [],
    ),
  );
  const alone = (sides: readonly Side[], name: string): readonly Side[] =>
    sides.filter(({ definition }) => definition.name === name && !inBoth.has(definition.hash));
  const names = [...new Set([...first, ...second].map(({ definition }) => definition.name))].sort();
  const ofHash = (sides: readonly Side[], hash: string): Side | null =>
    sides.find(({ definition }) => definition.hash === hash) ?? null;
  return names.flatMap((name) => {
    const both = [...inBoth]
      .filter((hash) => ofHash(first, hash)?.definition.name === name)
      .map((hash): Both<Side | null> => [ofHash(first, hash), ofHash(second, hash)]);
    const [mine, theirs] = [alone(first, name), alone(second, name)];
    const [only, other] = [mine[0], theirs[0]];
    if (mine.length === 1 && theirs.length === 1 && only && other) return [...both, [only, other]];
    return [
      ...both,
      ...mine.map((side): Both<Side | null> => [side, null]),
      ...theirs.map((side): Both<Side | null> => [null, side]),
    ];
  });
};

const sidesOf = (schedule: Schedule, { metrics }: GenerationManifest): readonly Side[] => {
  const definitions = new Map(
    schedule.revisions.flatMap(({ app }) => app.metrics.map((metric) => [metric.hash, metric] as const)),
  );
  return Object.entries(metrics).flatMap(([hash, { files }]) => {
    const definition = definitions.get(hash);
    return definition ? [{ definition, files }] : [];
  });
};

/** What two kept generations say of each metric, and where that is not the same. @throws Error when one of them is not kept */
export const compareGenerations = async (
  data: Pick<DataStore, "records" | "lake">,
  duckdb: DuckDb,
  generations: Both<number>,
): Promise<ComparedGenerations> => {
  const schedule = (await data.records.get<Schedule>(SCHEDULE))?.value;
  const [first, second] = [
    await keptManifest(data, generations[0]),
    await keptManifest(data, generations[1]),
  ];
  const sides = (manifest: GenerationManifest) => (schedule ? sidesOf(schedule, manifest) : []);
  const db = await duckdb.connect();
  try {
    const metrics: ComparedMetric[] = [];
    for (const [a, b] of pairsOf([sides(first), sides(second)]))
      metrics.push(await compareMetric({ db, lake: data.lake }, a, b));
    return { generations, ledgers: [first.ledger, second.ledger], metrics };
  } finally {
    await db.close();
  }
};
