import { type ByteWriter, createByteWriter } from "@freshet/model";

/*
 * Thrift's compact protocol, as far as Parquet's footers and page headers need it
 * (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md). A struct is its fields by rising id; absent ones are left out.
 */
const STRUCT_END = 0;
const LONG_LIST = 15;

export type ThriftValue =
  | { readonly kind: "i32" | "i64"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "list"; readonly of: ThriftValue["kind"]; readonly items: readonly ThriftValue[] }
  | { readonly kind: "struct"; readonly fields: ThriftStruct };

/** Field id and value. */
export type ThriftStruct = readonly (readonly [number, ThriftValue])[];

const TYPES = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

export const i32 = (value: number): ThriftValue => ({ kind: "i32", value });
export const i64 = (value: number): ThriftValue => ({ kind: "i64", value });
export const text = (value: string): ThriftValue => ({ kind: "text", value });
export const struct = (fields: ThriftStruct): ThriftValue => ({ kind: "struct", fields });
export const list = (of: ThriftValue["kind"], items: readonly ThriftValue[]): ThriftValue => ({
  kind: "list",
  of,
  items,
});

const writeStruct = (out: ByteWriter, fields: ThriftStruct): void => {
  let previous = 0;
  for (const [id, value] of fields) {
    out.byte(((id - previous) << 4) | TYPES[value.kind]);
    writeValue(out, value);
    previous = id;
  }
  out.byte(STRUCT_END);
};

const writeValue = (out: ByteWriter, value: ThriftValue): void => {
  switch (value.kind) {
    case "i32":
    case "i64":
      out.zigzag(value.value);
      return;
    case "text":
      out.text(value.value);
      return;
    case "list": {
      const { length } = value.items;
      const type = TYPES[value.of];
      out.byte((Math.min(length, LONG_LIST) << 4) | type);
      if (length >= LONG_LIST) out.varint(length);
      for (const item of value.items) writeValue(out, item);
      return;
    }
    case "struct":
      writeStruct(out, value.fields);
  }
};

export const encodeStruct = (fields: ThriftStruct): Uint8Array => {
  const out = createByteWriter();
  writeStruct(out, fields);
  return out.finish();
};
