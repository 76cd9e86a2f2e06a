export * from "../log/kinesis/openKinesisLog.js";
export * from "../log/log.contract.js";
export { createDynalite } from "./aws/dynalite.js";
export type { HandledRequest, HandledResponse } from "./aws/handler.js";
export { createMemoryS3 } from "./aws/s3/memoryS3.js";
export type { Bucket } from "./aws/s3/objects.js";
export * from "./aws/servedStores.js";
export { ministackForTests, openSearchForTests, versitygwForTests } from "./aws/servers.js";
export * from "./memoryRecords.js";
export {
  deleteTestTable,
  makeTestTable,
  serverDynamoClient,
  TEST_CREDENTIALS,
  TEST_REGION,
} from "./aws/testTable.js";
