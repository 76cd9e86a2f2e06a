export type FileFormat = { readonly kind: "ndjson" } | { readonly kind: "csv"; readonly delimiter: string };

const BOM = [0xef, 0xbb, 0xbf];
const WHITESPACE = [0x20, 0x09, 0x0a, 0x0d];
const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;

export const bomBytes = (head: Uint8Array): number =>
  BOM.every((byte, index) => head[index] === byte) ? BOM.length : 0;

/** As asked, else by the name's ending, else by the first character. @throws Error for what is no stream of rows. */
export const formatOf = (name: string, head: Uint8Array, asked: FileFormat["kind"] | null): FileFormat => {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new Error(`${name} is UTF-16: convert it to UTF-8`);
  const ending = ENDING.exec(name)?.[1]?.toLowerCase();
  const kind = asked ?? KIND_BY_ENDING[ending ?? ""] ?? kindByFirst(name, head);
  return kind === "csv" ? { kind, delimiter: ending === "tsv" ? "\t" : "," } : { kind };
};

const ENDING = /\.(csv|tsv|ndjson|jsonl)(\.(gz|gzip|zst|zstd))?$/i;
const KIND_BY_ENDING: Readonly<Record<string, FileFormat["kind"]>> = {
  csv: "csv",
  tsv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
};

const kindByFirst = (name: string, head: Uint8Array): FileFormat["kind"] => {
  const first = head.subarray(bomBytes(head)).find((byte) => !WHITESPACE.includes(byte));
  if (first === OPENING_BRACKET)
    throw new Error(`${name} is one JSON array: write one object a line (NDJSON) instead`);
  return first === OPENING_BRACE ? "ndjson" : "csv";
};
