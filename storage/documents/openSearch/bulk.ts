/** One line of a bulk request with its document. `version` is external: what stands must be below it. */
export interface BulkOperation {
  readonly kind: "index" | "delete";
  readonly index: string;
  readonly id: string;
  readonly version: bigint;
  /** Null for a deletion. */
  readonly document: object | null;
}

export interface BulkLimits {
  readonly operationsMax: number;
  readonly bytesMax: number;
}

/** Of one request. Clusters take 100 MB (10 on small domains of AWS); smaller ones spread their work better. */
export const BULK_LIMITS: BulkLimits = { operationsMax: 1_000, bytesMax: 4 * 2 ** 20 };

/** Written by hand: a version may have 63 bits, and JSON's numbers in JavaScript have 53. */
const lineOf = ({ kind, index, id, version, document }: BulkOperation): string => {
  const name = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}`;
  const action = `{"${kind}":{${name},"version":${version},"version_type":"external"}}\n`;
  return document === null ? action : `${action}${JSON.stringify(document)}\n`;
};

/** Cuts operations into requests, in order; one that is too large by itself goes alone. */
export function* bulkRequests<Operation extends BulkOperation>(
  operations: readonly Operation[],
  { operationsMax, bytesMax }: BulkLimits = BULK_LIMITS,
): Generator<{ readonly operations: readonly Operation[]; readonly lines: string }> {
  let taken: Operation[] = [];
  let lines = "";
  let bytes = 0;
  for (const operation of operations) {
    const line = lineOf(operation);
    const lineBytes = Buffer.byteLength(line);
    if (taken.length > 0 && (taken.length >= operationsMax || bytes + lineBytes > bytesMax)) {
      yield { operations: taken, lines };
      taken = [];
      lines = "";
      bytes = 0;
    }
    taken.push(operation);
    lines += line;
    bytes += lineBytes;
  }
  if (taken.length > 0) yield { operations: taken, lines };
}

/** What one item of an answer says: the answer as a whole is 200 whatever its items are (S5). */
export type BulkFate =
  | { readonly kind: "written" }
  | { readonly kind: "superseded" }
  | { readonly kind: "again"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

interface BulkItem {
  readonly status?: unknown;
  readonly error?: unknown;
}

const reasonOf = (error: unknown): string => {
  const { type, reason, caused_by: cause } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const text = [type, reason].filter((part) => typeof part === "string").join(": ");
  return (cause === undefined ? text : `${text}; ${reasonOf(cause)}`).slice(0, 500);
};

const fateOf = (kind: BulkOperation["kind"], { status, error }: BulkItem): BulkFate => {
  const code = typeof status === "number" ? status : 0;
  if (code >= 200 && code < 300) return { kind: "written" };
  if (code === 409) return { kind: "superseded" };
  // There is nothing to delete: its version is remembered all the same.
  if (code === 404 && kind === "delete" && error === undefined) return { kind: "written" };
  const reason = `${code} ${reasonOf(error)}`;
  return code === 429 || code >= 500 || code === 0 ? { kind: "again", reason } : { kind: "refused", reason };
};

/** One fate for each operation, in order. What the answer does not speak of is sent again. */
export const bulkFates = (operations: readonly BulkOperation[], answer: unknown): readonly BulkFate[] => {
  const { items } = (answer ?? {}) as { readonly items?: unknown };
  const listed: readonly unknown[] = Array.isArray(items) ? items : [];
  return operations.map(({ kind, id }, at): BulkFate => {
    const item = (listed[at] ?? {}) as Readonly<Record<string, BulkItem & { readonly _id?: unknown }>>;
    const said = item[kind];
    return said?._id === id ? fateOf(kind, said) : { kind: "again", reason: "the answer says nothing of it" };
  });
};
