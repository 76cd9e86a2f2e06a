/** A table that the statements read, from Parquet files. */
export interface SparkInput {
  readonly name: string;
  /** What the files' paths are below: `--raw` or `--out`. */
  readonly below: "raw" | "out";
  readonly files: readonly string[];
}

/** One step of a job, in order. */
export type SparkStatement =
  | { readonly kind: "run"; readonly sql: string }
  /** A table of what a SELECT gives, computed once and gone with the job. */
  | { readonly kind: "table"; readonly name: string; readonly sql: string }
  /** The few rows that a SELECT gives are a part of the result. */
  | { readonly kind: "rows"; readonly name: string; readonly sql: string }
  /** What a SELECT gives is written as Parquet below `folder` of `--out`, each try of the job apart; with `byDay`, by its column `day`. */
  | {
      readonly kind: "files";
      readonly name: string;
      readonly sql: string;
      readonly folder: string;
      readonly byDay: boolean;
    };

/** All that `driver.py` runs. */
export interface SparkJob {
  readonly version: 1;
  readonly inputs: readonly SparkInput[];
  readonly statements: readonly SparkStatement[];
  /** Where tables lie until the job ends, below `--out`, each try's apart. */
  readonly tables: string;
  /** Where the result is written, below `--out`. */
  readonly result: string;
}

/** A file that a job wrote, below `--out`. */
export interface SparkFile {
  readonly path: string;
  /** Null where files are not by day. */
  readonly day: string | null;
  readonly rows: number;
}

/** What `driver.py` prints, and writes as its last step. */
export interface SparkResult {
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly files: Readonly<Record<string, readonly SparkFile[]>>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** @throws Error for what is no result of `driver.py`. */
export const parseSparkResult = (bytes: Uint8Array): SparkResult => {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  if (!isObject(value) || !isObject(value["rows"]) || !isObject(value["files"]))
    throw new Error("the Spark job left no result that can be read: run it again");
  return value as unknown as SparkResult;
};

/** The rows of a part of a result. @throws Error when the job made none of this name. */
export const rowsOf = <T>({ rows }: SparkResult, name: string): readonly T[] => {
  const found = rows[name];
  if (!found) throw new Error(`the Spark job's result has no rows ${name}`);
  return found as readonly T[];
};

/** The files of a part of a result. @throws Error as `rowsOf` */
export const filesOfResult = ({ files }: SparkResult, name: string): readonly SparkFile[] => {
  const found = files[name];
  if (!found) throw new Error(`the Spark job's result has no files ${name}`);
  return found;
};
