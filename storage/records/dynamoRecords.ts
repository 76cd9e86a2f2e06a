import { StorageError } from "../errors.js";
import type { DynamoTable } from "../aws/table/dynamoTable.js";
import { type Item, jsonIn, numberIn, text, number, textIn } from "../aws/table/item.js";
import { checkName, compareUtf8, spreadKey, spreadPartitions } from "../aws/table/key.js";
import type { Lake } from "../lake/port.js";
import type { Records, Versioned } from "./port.js";

export interface DynamoRecordsOptions {
  readonly table: DynamoTable;
  /** Where documents lie that are too large for an item. */
  readonly lake: Pick<Lake, "put" | "get" | "remove">;
  readonly newId: () => string;
}

const KIND = "record";
/** Longer documents lie in the lake: an item is paid for by the KB with every write, and has 400 KB at most. */
const DOCUMENT_BYTES_MAX = 8 * 1024;
/** A document that is replaced while it is read is read again at most so often. */
const READS_MAX = 10;
/** The texts of so many objects are kept, the least recently used going first. */
const OBJECTS_KEPT = 16;
const NO_WRITER = "-";
/** How many writes an item has the marks of. */
const MARKS = 2;

type Place =
  | { readonly kind: "inline"; readonly json: string }
  | { readonly kind: "object"; readonly path: string };

const SET = "SET revision = :revision, writerBefore = if_not_exists(writer, :none), writer = :writer";

const changeTo = (place: Place): string =>
  place.kind === "inline"
    ? `${SET}, document = :place REMOVE lakePath`
    : `${SET}, lakePath = :place REMOVE document`;

const uncertain = (name: string): StorageError =>
  new StorageError(
    "uncertain",
    `replacing record ${name}: an answer was lost, and others have replaced it since; whether this write took effect is not known; read it again`,
  );

const pathIn = (item: Item): string | null => item["lakePath"]?.S ?? null;

/** What lies under a path never changes: a document that is asked for again and again is fetched once. */
const createObjectTexts = (lake: Pick<Lake, "get">): { text(path: string): Promise<string> } => {
  const kept = new Map<string, string>();
  return {
    async text(path) {
      const text = kept.get(path) ?? Buffer.from(await lake.get(path)).toString("utf8");
      kept.delete(path);
      kept.set(path, text);
      for (const oldest of kept.keys()) {
        if (kept.size <= OBJECTS_KEPT) break;
        kept.delete(oldest);
      }
      return text;
    },
  };
};

/**
 * Small documents as items. Each write leaves its mark, and that of the write before: a refusal that comes because an
 * answer was lost and the SDK sent the write again is told from one that somebody else caused. Where others have written
 * over both marks meanwhile, `replace` throws (`unavailable`) and claims neither. An object of the lake belongs to one write
 * and goes with it; a process that dies in between leaves one that nothing names.
 */
export const createDynamoRecords = ({ table, lake, newId }: DynamoRecordsOptions): Records => {
  const keyFor = (name: string) => {
    checkName(name);
    return spreadKey(KIND, name);
  };

  const objects = createObjectTexts(lake);

  const place = async (json: string, writer: string): Promise<Place> => {
    if (Buffer.byteLength(json) <= DOCUMENT_BYTES_MAX) return { kind: "inline", json };
    const path = `records/${writer}.json`;
    await lake.put(path, Buffer.from(json));
    return { kind: "object", path };
  };

  /** Null when the object is gone: the document was replaced since the item was read. */
  const load = async <T>(item: Item, what: string): Promise<Versioned<T> | null> => {
    const revision = numberIn(item, "revision", what);
    const path = pathIn(item);
    if (path === null) return { revision, value: jsonIn(item, "document", what) as T };
    try {
      return { revision, value: JSON.parse(await objects.text(path)) as T };
    } catch (error) {
      if (error instanceof StorageError && error.kind === "missing") return null;
      throw error;
    }
  };

  const read = async <T>(name: string): Promise<Versioned<T> | null> => {
    const what = `record ${name}`;
    for (let reads = 0; reads < READS_MAX; reads++) {
      const item = await table.get(keyFor(name));
      const document = item && (await load<T>(item, what));
      if (document || !item) return document;
    }
    throw new StorageError(
      "corrupt",
      `${what} names an object of the lake that is not there; restore the lake's version of before, or write the record anew`,
    );
  };

  return {
    get: read,
    async replace<T>(name: string, expected: number, value: T) {
      const key = keyFor(name);
      const writer = newId();
      const placed = await place(JSON.stringify(value), writer);
      const outcome = await table.update(key, {
        change: changeTo(placed),
        condition: {
          expression: expected === 0 ? "attribute_not_exists(pk)" : "revision = :expected",
          values: {
            ...(expected !== 0 && { ":expected": number(expected) }),
            ":revision": number(expected + 1),
            ":writer": text(writer),
            ":none": text(NO_WRITER),
            ":place": text(placed.kind === "inline" ? placed.json : placed.path),
          },
        },
      });
      if (outcome.kind === "written") {
        const old = outcome.previous && pathIn(outcome.previous);
        // The document stands already: an object that stays behind is no reason to say that it does not.
        if (old) await lake.remove(old).catch(() => {});
        return true;
      }
      const standing = await table.get(key);
      if ([standing?.["writer"]?.S, standing?.["writerBefore"]?.S].includes(writer)) return true;
      const revision = standing ? numberIn(standing, "revision", `record ${name}`) : 0;
      if (outcome.repeated && revision > expected + MARKS) throw uncertain(name);
      if (placed.kind === "object") await lake.remove(placed.path);
      return false;
    },
    async list<T>(prefix: string) {
      const range = prefix === "" ? ({ kind: "all" } as const) : ({ kind: "prefix", prefix } as const);
      const partitions = await Promise.all(
        spreadPartitions(KIND).map(async (pk) => {
          const items: Item[] = [];
          for await (const page of table.pages(pk, range)) items.push(...page);
          return items;
        }),
      );
      const found = await Promise.all(
        partitions.flat().map(async (item) => {
          const name = textIn(item, "sk", "a record");
          const document = (await load<T>(item, `record ${name}`)) ?? (await read<T>(name));
          return document ? [{ name, document }] : [];
        }),
      );
      return found.flat().sort((left, right) => compareUtf8(left.name, right.name));
    },
    async remove(name) {
      const outcome = await table.remove(keyFor(name));
      const path = outcome.kind === "written" && outcome.previous && pathIn(outcome.previous);
      if (path) await lake.remove(path);
    },
  };
};
