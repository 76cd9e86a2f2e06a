import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { StorageError } from "../../errors.js";

/** Attributes, the key left out. */
export type Item = Readonly<Record<string, AttributeValue>>;

const damaged = (what: string, name: string): StorageError =>
  new StorageError("corrupt", `${what} has no usable attribute ${name}: it was not written by Freshet`);

export const textIn = (item: Item, name: string, what: string): string => {
  const text = item[name]?.S;
  if (text === undefined) throw damaged(what, name);
  return text;
};

export const numberIn = (item: Item, name: string, what: string): number => {
  const number = Number(item[name]?.N ?? Number.NaN);
  if (Number.isNaN(number)) throw damaged(what, name);
  return number;
};

/** @throws StorageError `corrupt` */
export const jsonIn = (item: Item, name: string, what: string): unknown => {
  try {
    return JSON.parse(textIn(item, name, what));
  } catch (error) {
    throw error instanceof StorageError ? error : damaged(what, name);
  }
};

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const binary = (value: Uint8Array): AttributeValue => ({ B: value });
