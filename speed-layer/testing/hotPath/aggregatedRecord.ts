import { createHash } from "node:crypto";
import protobuf from "protobufjs";

const MAGIC = Buffer.of(0xf3, 0x89, 0x9a, 0xc2);
const DIGEST_BYTES = 16;

/** As the KPL's own documentation gives it. */
const SCHEMA = `
syntax = "proto2";
message AggregatedRecord {
  repeated string partition_key_table = 1;
  repeated string explicit_hash_key_table = 2;
  repeated Record records = 3;
}
message Tag { required string key = 1; optional string value = 2; }
message Record {
  required uint64 partition_key_index = 1;
  optional uint64 explicit_hash_key_index = 2;
  required bytes data = 3;
  repeated Tag tags = 4;
}`;

interface Message {
  readonly records: readonly { readonly data: Buffer }[];
}

const type = protobuf.parse(SCHEMA).root.lookupType("AggregatedRecord");

/** The events of a KPL record, decoded as protobufjs does it. */
export const decodeAggregate = (record: Buffer, checkDigest: boolean): readonly Buffer[] => {
  if (!record.subarray(0, MAGIC.length).equals(MAGIC)) return [record];
  const message = record.subarray(MAGIC.length, -DIGEST_BYTES);
  if (checkDigest) {
    const digest = createHash("md5").update(message).digest();
    if (!digest.equals(record.subarray(-DIGEST_BYTES))) return [record];
  }
  return (type.decode(message) as unknown as Message).records.map(({ data }) => data);
};
