export { ministackForTests, versitygwForTests } from "./aws/servers.js";
export * from "../log/kinesis/openKinesisLog.js";
export * from "../log/log.contract.js";
export * from "./memoryRecords.js";
