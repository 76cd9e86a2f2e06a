/**
 * A field's schema as plain JSON Schema (what TypeBox builds), limited to what every engine reads alike.
 * Extra marks: `pii` fields never reach logs; `scale` marks a decimal kept as an integer of 10^-scale.
 */
export type FieldSchema =
  | { readonly type: "string"; readonly minLength?: number; readonly maxLength?: number; readonly enum?: readonly string[]; readonly optional?: true; readonly pii?: true }
  | { readonly type: "integer"; readonly minimum?: number; readonly maximum?: number; readonly optional?: true; readonly pii?: true }
  | { readonly type: "decimal"; readonly scale: number; readonly minimum?: number; readonly maximum?: number; readonly optional?: true; readonly pii?: true }
  | { readonly type: "number"; readonly minimum?: number; readonly maximum?: number; readonly optional?: true; readonly pii?: true }
  | { readonly type: "boolean"; readonly optional?: true; readonly pii?: true }
  | { readonly type: "object"; readonly fields: Readonly<Record<string, FieldSchema>>; readonly optional?: true; readonly pii?: true }
  | { readonly type: "array"; readonly items: FieldSchema; readonly maxItems?: number; readonly optional?: true; readonly pii?: true };
