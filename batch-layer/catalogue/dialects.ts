import { name, text } from "../sql/text.js";

export const VIEW_ENGINES = ["athena", "redshift", "spark", "duckdb"] as const;
/** What reads the lake by itself. */
export type ViewEngine = (typeof VIEW_ENGINES)[number];

export type LeafType = "string" | "integer" | "number" | "boolean";

/** What the engines write otherwise in views over the catalogue's tables. */
export interface ViewDialect {
  /** An identifier. */
  quoted(identifier: string): string;
  /** The text of a field of `body`, NULL where an older or newer body has none. */
  field(path: readonly string[]): string;
  readonly types: Readonly<Record<LeafType, string>>;
  /** Whether raw events have the column `hour`. */
  readonly hours: boolean;
  /** Whether a view may have columns of lists. */
  readonly lists: boolean;
  /** The file of a row, as `standingPath` gives the files that stand. */
  readonly file: string;
  /** A file of the lake, from its column `path`. */
  fileOf(lakeUri: string): string;
}

const ROWS_ROOT = "generations/data/";
const TYPES = { string: "varchar", integer: "bigint", number: "double", boolean: "boolean" } as const;
const ofUri = (lakeUri: string): string => `concat(${text(lakeUri)}, path)`;

const ATHENA: ViewDialect = {
  quoted: name,
  field: (path) => `json_extract_scalar(body, ${text(`$${path.map((step) => `["${step}"]`).join("")}`)})`,
  types: TYPES,
  hours: true,
  lists: true,
  file: '"$path"',
  fileOf: ofUri,
};

const REDSHIFT: ViewDialect = {
  quoted: name,
  // a field that is not there is the empty text
  field: (path) => `nullif(json_extract_path_text(body, ${path.map(text).join(", ")}, true), '')`,
  types: { ...TYPES, string: "varchar(65535)", number: "double precision" },
  hours: false,
  // docs.aws.amazon.com/redshift/latest/dg/nested-data-restrictions.html
  lists: false,
  file: '"$path"',
  fileOf: ofUri,
};

const SPARK: ViewDialect = {
  quoted: (identifier) => `\`${identifier.replaceAll("`", "``")}\``,
  field: (path) => `get_json_object(body, "$${path.map((step) => `['${step}']`).join("")}")`,
  types: { ...TYPES, string: "string" },
  hours: true,
  lists: true,
  // the same object is s3:// to some and s3a:// to others
  file: `concat('${ROWS_ROOT}', substring_index(_metadata.file_path, '/${ROWS_ROOT}', -1))`,
  fileOf: () => "path",
};

const DUCKDB: ViewDialect = {
  quoted: name,
  field: (path) => `json_extract_string(body, ${text(`$${path.map((step) => `."${step}"`).join("")}`)})`,
  types: TYPES,
  hours: true,
  lists: true,
  file: "filename",
  fileOf: ofUri,
};

export const VIEW_DIALECTS: Readonly<Record<ViewEngine, ViewDialect>> = {
  athena: ATHENA,
  redshift: REDSHIFT,
  spark: SPARK,
  duckdb: DUCKDB,
};
