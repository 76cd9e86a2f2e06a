import type { EpochMs } from "@freshet/model";
import { packDocument, unpackDocument } from "../../lmdb/document.js";
import type { Environment } from "../../lmdb/environment.js";
import { afterPrefix, compositeKey, textKey } from "../../lmdb/key.js";
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

/** A document, or what is left of a removed one: its version, so that an earlier write does not bring it back. */
interface Kept {
  readonly version: string;
  readonly definition: string;
  readonly document: TrendDocument | null;
}

const TIME_DIGITS = 16;

const timeText = (ms: number): string => String(Math.max(0, ms)).padStart(TIME_DIGITS, "0");

/** By end first, so that what expires lies together. */
const placeKey = ({ metric, window, toMs }: TrendPlace): string => `${timeText(toMs)} ${metric} ${window}`;

const keyOf = ({ place, id }: TrendName): Buffer => compositeKey(placeKey(place), Buffer.from(id));

/** Trend documents in LMDB. */
export const createEmbeddedTrends = (environment: Environment): TrendDocuments => {
  const table = environment.table("trends");
  const decode = (stored: Buffer): Kept => unpackDocument(stored, "a trend document").json as Kept;
  const put = (write: TrendWrite): WriteFate => {
    const key = keyOf(write.name);
    const standing = table.get(key);
    if (standing && BigInt(decode(standing).version) >= write.version) return { kind: "superseded" };
    const kept: Kept = {
      version: String(write.version),
      definition: write.name.definition,
      document: write.kind === "put" ? write.document : null,
    };
    table.putSync(key, packDocument(kept));
    return { kind: "written" };
  };
  return {
    place: environment.dir,
    prepare: async () => undefined,
    write: (writes) => environment.transact("writing trend documents", () => tally(writes.map(put))),
    async list(place) {
      environment.refresh();
      const start = compositeKey(placeKey(place), Buffer.alloc(0));
      return [...table.getRange({ start, end: afterPrefix(start) })].flatMap(
        ({ key, value }): StoredTrend[] => {
          const { definition, document } = decode(value);
          const id = key.subarray(start.length).toString();
          return document
            ? [{ name: { place, definition, id }, digest: trendDigest(document), document }]
            : [];
        },
      );
    },
    expire: (endMs: EpochMs) =>
      environment.transact("dropping old trend documents", () => {
        for (const key of [...table.getKeys({ end: textKey(timeText(endMs)) })]) table.removeSync(key);
      }),
  };
};
