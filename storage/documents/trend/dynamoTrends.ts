import { EXPIRES } from "../../aws/table/definition.js";
import type { Condition, DynamoTable } from "../../aws/table/dynamoTable.js";
import { type Item, jsonIn, number, text, textIn } from "../../aws/table/item.js";
import type { ItemKey } from "../../aws/table/key.js";
import { trendDigest } from "./identity.js";
import type {
  StoredTrend,
  TrendDocument,
  TrendDocuments,
  TrendName,
  TrendPlace,
  TrendWrite,
} from "./port.js";
import { tally, type WriteFate } from "./tally.js";

export interface DynamoTrendsOptions {
  readonly table: DynamoTable;
  /** For messages. */
  readonly place: string;
  readonly now: () => number;
  /** A document goes so long after its window's end and its last change. */
  readonly keptMs?: number;
}

const KEPT_MS = 30 * 86_400_000;
const WRITES_AT_ONCE = 32;

const partitionOf = ({ metric, window, toMs }: TrendPlace): string =>
  `trend#${metric}#${window}#${new Date(toMs).toISOString()}`;

const keyOf = ({ place, id }: TrendName): ItemKey => ({ pk: partitionOf(place), sk: id });

/** What stands is of an earlier version; what was removed stands too, without its document. */
const later = (version: bigint): Condition => ({
  expression: "attribute_not_exists(pk) OR flush < :flush",
  values: { ":flush": { N: String(version) } },
});

/** Trend documents in DynamoDB: a partition for each window, an item for each key. */
export const createDynamoTrends = ({
  table,
  place,
  now,
  keptMs = KEPT_MS,
}: DynamoTrendsOptions): TrendDocuments => {
  const itemOf = (write: TrendWrite): Item => ({
    flush: { N: String(write.version) },
    definition: text(write.name.definition),
    [EXPIRES]: number(Math.ceil((Math.max(write.name.place.toMs, now()) + keptMs) / 1000)),
    ...(write.kind === "put" && { document: text(JSON.stringify(write.document)) }),
  });
  const write = async (one: TrendWrite): Promise<WriteFate> => {
    const outcome = await table.put(keyOf(one.name), itemOf(one), later(one.version));
    // The echo of one's own write counts as superseded too: it stands, and that is what counts.
    return { kind: outcome.kind === "written" ? "written" : "superseded" };
  };
  return {
    place,
    prepare: async () => undefined,
    async write(writes) {
      const fates: WriteFate[] = [];
      for (let from = 0; from < writes.length; from += WRITES_AT_ONCE)
        fates.push(...(await Promise.all(writes.slice(from, from + WRITES_AT_ONCE).map(write))));
      return tally(fates);
    },
    async list(where) {
      const found: StoredTrend[] = [];
      for await (const page of table.pages(partitionOf(where), { kind: "all" })) {
        for (const item of page) {
          if (!item["document"]) continue;
          const what = "a trend document";
          const document = jsonIn(item, "document", what) as TrendDocument;
          const name = {
            place: where,
            definition: textIn(item, "definition", what),
            id: textIn(item, "sk", what),
          };
          found.push({ name, digest: trendDigest(document), document });
        }
      }
      return found;
    },
    // The table's own expiry takes them.
    expire: async () => undefined,
  };
};
