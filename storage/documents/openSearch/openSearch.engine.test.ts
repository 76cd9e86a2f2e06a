import { openSearchForTests } from "../../testing/aws/servers.js";
import { bulkWithoutPauses, newPrefix, openTestCluster } from "../../testing/openSearch/testCluster.js";
import { CONTRACT_METRICS, trendsContract } from "../trend/trends.contract.js";
import { createOpenSearchTrends } from "./openSearchTrends.js";

const endpoint = openSearchForTests();

trendsContract("the trends in OpenSearch", async () => {
  const trends = createOpenSearchTrends({
    cluster: openTestCluster(endpoint()),
    prefix: newPrefix(),
    bulk: bulkWithoutPauses(),
    now: Date.now,
  });
  await trends.prepare(CONTRACT_METRICS);
  return trends;
});
