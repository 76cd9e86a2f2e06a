export * from "./access/access.js";
export { type AccessKey, type Scope, SCOPES } from "./access/accessKey.js";
export * from "./access/accessKeys.js";
export { attemptAws } from "./aws/awsError.js";
export { openAwsStore } from "./aws/openAwsStore.js";
export type { AwsLog } from "./aws/store.js";
export type { AwsStoreConfig } from "./aws/config.js";
export { inspectStream } from "./aws/inspectStream.js";
export { createRequestCounts, type RequestCount, type RequestCounts } from "./aws/requestCounts.js";
export { inspectServices, type ServiceFinding } from "./aws/inspectServices.js";
export { makeBucket } from "./aws/makeBucket.js";
export { makeStoreTable } from "./aws/makeStoreTable.js";
export { storeTable, storeTableExpiry } from "./aws/table/definition.js";
export { makeStream } from "./aws/makeStream.js";
export { awsServices, type DataStoreOptions, openAwsLine } from "./config/openAwsLine.js";
export { openDataStore } from "./config/openDataStore.js";
export type { DocumentsConfig } from "./config/documentsConfig.js";
export {
  type DocumentStores,
  inspectDocuments,
  openDocuments,
  searchPrefixOf,
} from "./config/openDocuments.js";
export * from "./config/storeConfig.js";
export * from "./dataDirectory.js";
export * from "./dataStore.js";
export { backupDataDirectory, restoreDataDirectory } from "./directory/backup.js";
export { FORMAT_VERSION } from "./directory/format.js";
export { type DirectoryInspection, inspectDataDirectory, type Problem } from "./directory/inspect.js";
export { migrateDataDirectory, type MigrationReport } from "./directory/migrate.js";
export type * from "./documents/letterIndex.js";
export * from "./documents/port.js";
export { type SavedObject, savedObjects } from "./documents/openSearch/savedObjects.js";
export { trendDigest, trendId, trendName } from "./documents/trend/identity.js";
export type * from "./documents/trend/port.js";
export { trendVersion } from "./documents/trend/version.js";
export * from "./errors.js";
export * from "./increments/bodyPath.js";
export * from "./increments/port.js";
export type { ColumnChunk, DuckDb, DuckDbOptions } from "./lake/duckdb/duckDb.js";
export { openDuckDb } from "./lake/duckdb/openDuckDb.js";
export type { SqlParameter } from "./lake/duckdb/parameters.js";
export {
  doubleColumn,
  int32Column,
  type NumberColumn,
  type PlainColumn,
  type RunColumn,
  runColumn,
  type TextColumn,
  textColumn,
} from "./lake/parquet/columns.js";
export * from "./lake/parquet/plainParquet.js";
export * from "./lake/port.js";
export * from "./lease/port.js";
export { readGetRecords } from "./log/getRecords/getRecords.js";
export type { ChildShard, RecordsPage } from "./log/getRecords/page.js";
export { entriesOfSpans, type EntrySpans } from "./log/entrySpans.js";
export { RECORD_BYTES_MAX } from "./log/embeddedLog.js";
export type { LogCreation } from "./log/identity.js";
export { eachOutcome, type Outcomes, outcomesOf } from "./log/outcomes.js";
export * from "./log/port.js";
export { readOrEnd } from "./log/readOrEnd.js";
export * from "./log/recordBatch.js";
export {
  heartbeatRecord,
  oversizeRecord,
  type UnpackedRecord,
  unpackRecord,
} from "./log/recordFormat.js";
export * from "./pace.js";
export * from "./records/port.js";
export { replaceOrLookAgain } from "./records/replaceOrLookAgain.js";
