import type { EpochMs } from "@freshet/model";
import type { Cluster } from "./cluster.js";
import { indexEndMs } from "./names.js";

/** Deletes whole indices of which everything lies before: documents cost as much to delete one by one as to write. */
export const expireIndices = async (
  cluster: Cluster,
  prefix: string,
  pattern: string,
  endMs: EpochMs,
): Promise<void> => {
  const tried = `listing the indices ${pattern}`;
  const indices = (await cluster.send({
    tried,
    method: "GET",
    path: `/_cat/indices/${pattern}`,
    query: { format: "json", h: "index", expand_wildcards: "open,closed" },
  })) as readonly { readonly index: string }[];
  for (const { index } of indices) {
    const indexEnd = indexEndMs(prefix, index);
    if (indexEnd === null || indexEnd > endMs) continue;
    await cluster.send({
      tried: `deleting the index ${index}`,
      method: "DELETE",
      path: `/${index}`,
      query: { ignore_unavailable: true },
    });
  }
};
