import { StorageError } from "../../errors.js";
import { trendDigest } from "../trend/identity.js";
import type { StoredTrend, TrendDocuments, TrendPlace, TrendWrite } from "../trend/port.js";
import { tally, type WriteFate } from "../trend/tally.js";
import type { BulkOperation } from "./bulk.js";
import type { Cluster } from "./cluster.js";
import { type IndexedTrend, indexedTrend, trendFrom } from "./document.js";
import { expireIndices } from "./expireIndices.js";
import { trendIndex, trendPattern, trendTemplateName } from "./names.js";
import { type BulkSettings, sendBulk } from "./sendBulk.js";
import { trendTemplate } from "./template.js";

export interface OpenSearchTrendsOptions {
  readonly cluster: Cluster;
  readonly prefix: string;
  readonly bulk: BulkSettings;
  readonly now: () => number;
}

/** Of OpenSearch, for one answer. */
const HITS_MAX = 10_000;

interface Operation extends BulkOperation {
  readonly write: TrendWrite;
}

/** Trend documents in OpenSearch: an index for each metric, definition and UTC day in which windows end. */
export const createOpenSearchTrends = ({
  cluster,
  prefix,
  bulk,
  now,
}: OpenSearchTrendsOptions): TrendDocuments => {
  const operationOf = (write: TrendWrite): Operation => {
    const { place, definition, id } = write.name;
    return {
      write,
      kind: write.kind === "put" ? "index" : "delete",
      index: trendIndex(prefix, place.metric, definition, place.toMs),
      id,
      version: write.version,
      document:
        write.kind === "put" ? indexedTrend(write.document, trendDigest(write.document), now()) : null,
    };
  };
  const search = ({ metric, window, toMs }: TrendPlace): Promise<unknown> =>
    cluster.send({
      tried: `listing the documents of ${metric}`,
      method: "POST",
      path: `/${trendPattern(prefix, metric)}/_search`,
      query: { ignore_unavailable: true, allow_no_indices: true },
      body: {
        size: HITS_MAX,
        track_total_hits: true,
        query: {
          bool: {
            filter: [
              { term: { metric } },
              { term: { window } },
              { term: { to: new Date(toMs).toISOString() } },
            ],
          },
        },
      },
    });
  return {
    place: `${cluster.endpoint}/${prefix}-trends-*`,
    async prepare(metrics) {
      for (const metric of metrics) {
        await cluster.send({
          tried: `putting the template of ${metric.name}`,
          method: "PUT",
          path: `/_index_template/${trendTemplateName(prefix, metric.name, metric.hash)}`,
          body: trendTemplate(prefix, metric),
        });
      }
    },
    async write(writes) {
      const operations = writes.map(operationOf);
      const fates = await sendBulk(cluster, operations, bulk);
      return tally(
        operations.map((operation): WriteFate => {
          const fate = fates.get(operation) ?? { kind: "refused", reason: "it was not sent" };
          return fate.kind === "refused"
            ? { kind: "refused", refused: { name: operation.write.name, reason: fate.reason } }
            : fate;
        }),
      );
    },
    async list(place) {
      // A search sees what was refreshed, by default up to a second ago.
      await cluster.send({
        tried: `refreshing the documents of ${place.metric}`,
        method: "POST",
        path: `/${trendPattern(prefix, place.metric)}/_refresh`,
        query: { ignore_unavailable: true, allow_no_indices: true },
      });
      const { hits } = (await search(place)) as {
        readonly hits: {
          readonly total: { readonly value: number };
          readonly hits: readonly { readonly _id: string; readonly _source: IndexedTrend }[];
        };
      };
      if (hits.total.value > HITS_MAX) {
        throw new StorageError(
          "full",
          `${place.metric} has ${hits.total.value} documents of one window at ${cluster.endpoint}, ${HITS_MAX} can be listed; delete its indices and rebuild`,
        );
      }
      return hits.hits.map(
        ({ _id, _source }): StoredTrend => ({
          name: { place, definition: _source.definition, id: _id },
          digest: _source.digest,
          document: trendFrom(_source),
        }),
      );
    },
    expire: (endMs) => expireIndices(cluster, prefix, `${prefix}-trends-*`, endMs),
  };
};
