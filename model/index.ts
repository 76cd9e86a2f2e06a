export * from "./app.js";
export * from "./brand.js";
export * from "./bytes.js";
export * from "./canonicalJson.js";
export type { TaskSize } from "./capacity/fargate.js";
export * from "./capacity/scale.js";
export { shardQuota, shardsFor } from "./capacity/shards.js";
export { SERVED_KEYS_MAX, type Sizes, sizesFor } from "./capacity/sizing.js";
export * from "./define.js";
export * from "./definitionError.js";
export * from "./event/define.js";
export * from "./event/definition.js";
export * from "./event/instant.js";
export * from "./event/lineage.js";
export * from "./event/outcome.js";
export * from "./event/reader.js";
export * from "./event/reason.js";
export { type BodyEnd, createBodyEnd } from "./event/scan/canonicalBody.js";
export { createEventScanner } from "./event/scan/choose.js";
export * from "./event/scan/columns.js";
export * from "./event/schema.js";
export * from "./event/t.js";
export * from "./lookup.js";
export { columnValue, type ColumnValue } from "./measure/columnValue.js";
export { fromDataSketches } from "./measure/distinct/dataSketches/fromDataSketches.js";
export { toDataSketches } from "./measure/distinct/dataSketches/toDataSketches.js";
export * from "./measure/hash/coupon.js";
export * from "./measure/hash/fingerprint.js";
export { hashText } from "./measure/hash/textHash.js";
export * from "./measure/measure.js";
export * from "./measure/measureFor.js";
export * from "./measure/measureSpec.js";
export { binOf, subBitsFor } from "./measure/quantiles/bins.js";
export * from "./measure/quantiles/binSql.js";
export { quantileLabel } from "./measure/quantiles/label.js";
export * from "./metric/build.js";
export * from "./metric/columnar.js";
export * from "./metric/compile.js";
export * from "./metric/define.js";
export * from "./metric/definition.js";
export * from "./metric/duckDb.js";
export * from "./metric/spark.js";
export type { SqlNames } from "./metric/sql.js";
export type { Duration } from "./metric/duration.js";
export * from "./metric/expression.js";
export type { ArrayField, EventFields, FieldsOf } from "./metric/fields.js";
export {
  compileExpression,
  type EventRow,
  type JsonObject,
  type JsonValue,
  type LookupReader,
  type Value,
} from "./metric/javascript.js";
export {
  count,
  countDistinct,
  type Measured,
  type MeasuredOptions,
  max,
  min,
  quantiles,
  sum,
} from "./metric/measures.js";
export type { Comparable, Operand } from "./metric/operand.js";
export * from "./metric/mend.js";
export { parseExpression } from "./metric/parseExpression.js";
export * from "./metric/walk.js";
export * from "./nearest.js";
export { ownApp, withOutgoing, withoutOutgoing } from "./outgoing.js";
export * from "./time/duration.js";
export * from "./time/pane.js";
export * from "./time/segment.js";
export * from "./time/timeZone.js";
export * from "./time/window.js";
export * from "./trend/baseline.js";
export * from "./trend/expectation.js";
export * from "./trend/prior.js";
export * from "./trend/score.js";
export * from "./trend/slot.js";
export * from "./trend/windowCounts.js";
export * from "./view/run.js";
export * from "./view/answer.js";
export * from "./view/chain.js";
export * from "./view/drift.js";
export * from "./view/generation.js";
export * from "./view/increment.js";
export * from "./view/incrementCodec.js";
export * from "./view/key.js";
export * from "./view/ledger.js";
export * from "./view/merge.js";
export * from "./view/reach.js";
export * from "./view/segmentRecord.js";
