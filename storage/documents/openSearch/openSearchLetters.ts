import { createHash } from "node:crypto";
import type { LetterIndex } from "../letterIndex.js";
import type { StoredLetter } from "../port.js";
import type { BulkOperation } from "./bulk.js";
import type { Cluster } from "./cluster.js";
import { expireIndices } from "./expireIndices.js";
import { letterIndex, letterTemplateName } from "./names.js";
import { type BulkSettings, sendBulk } from "./sendBulk.js";
import { letterTemplate } from "./template.js";

export interface OpenSearchLettersOptions {
  readonly cluster: Cluster;
  readonly prefix: string;
  readonly bulk: BulkSettings;
}

/** Of a body, in the index; the store has the rest. */
const BODY_CHARS_MAX = 8_192;

interface Operation extends BulkOperation {
  readonly letter: StoredLetter;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const indexedLetter = ({ body, arrivalMs, timeMs, replay, ...letter }: StoredLetter): object => ({
  ...letter,
  arrival: iso(arrivalMs),
  time: iso(timeMs),
  body: Buffer.from(body).toString("utf8").slice(0, BODY_CHARS_MAX),
  replay: replay?.id ?? null,
  replayed: iso(replay?.atMs ?? null),
});

/** Dead letters in OpenSearch: an index for each UTC day of arrival. */
export const createOpenSearchLetters = ({
  cluster,
  prefix,
  bulk,
}: OpenSearchLettersOptions): LetterIndex => ({
  async prepare() {
    await cluster.send({
      tried: "putting the template of the dead letters",
      method: "PUT",
      path: `/_index_template/${letterTemplateName(prefix)}`,
      body: letterTemplate(prefix),
    });
  },
  async write(letters) {
    const operations = letters.map(
      (letter): Operation => ({
        letter,
        kind: "index",
        index: letterIndex(prefix, letter.arrivalMs),
        // A position may be longer than the 512 bytes that an id may have.
        id: createHash("sha256").update(letter.place).digest("base64url"),
        version: BigInt(letter.replay?.atMs ?? 0) + 1n,
        document: indexedLetter(letter),
      }),
    );
    const fates = await sendBulk(cluster, operations, bulk);
    const refused = operations.flatMap((operation) => {
      const fate = fates.get(operation);
      return fate?.kind === "refused" ? [{ place: operation.letter.place, reason: fate.reason }] : [];
    });
    return {
      written: [...fates.values()].filter(({ kind }) => kind === "written").length,
      refused,
    };
  },
  expire: (endMs) => expireIndices(cluster, prefix, `${prefix}-letters--*`, endMs),
});
