import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type KeysAndAttributes,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { StorageError } from "../../errors.js";
import { attemptAws } from "../awsError.js";
import type { Item } from "./item.js";
import type { ItemKey } from "./key.js";

/** Of DynamoDB. */
const DELETIONS_PER_CALL = 25;
/** 100 of DynamoDB's own bound, less: an answer holds 16 MB at most, and an item may have 400 KB. */
const ITEMS_PER_CALL = 40;
const ROUNDS_MAX = 8;
const FIRST_PAUSE_MS = 25;
const PAUSE_MS_MAX = 2_000;

const pause = (round: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.min(FIRST_PAUSE_MS * 2 ** round, PAUSE_MS_MAX));
  });

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );

const keyItem = ({ pk, sk }: ItemKey): Record<string, { S: string }> => ({ pk: { S: pk }, sk: { S: sk } });

const throttled = (tried: string, left: number): StorageError =>
  new StorageError(
    "unavailable",
    `${tried}: ${left} were left undone ${ROUNDS_MAX} times; the table throttles; try again`,
  );

/** What the service leaves undone is asked for again, with pauses: the SDK retries whole requests alone. */
export const deleteItems = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly ItemKey[],
): Promise<void> => {
  const tried = `deleting from the table ${table}`;
  for (const chunk of chunks(keys, DELETIONS_PER_CALL)) {
    let left: readonly WriteRequest[] = chunk.map((key) => ({ DeleteRequest: { Key: keyItem(key) } }));
    for (let round = 0; left.length > 0; round++) {
      if (round === ROUNDS_MAX) throw throttled(tried, left.length);
      if (round > 0) await pause(round - 1);
      const requests = [...left];
      const { UnprocessedItems } = await attemptAws(tried, () =>
        client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } })),
      );
      left = UnprocessedItems?.[table] ?? [];
    }
  }
};

/** Those that are there, in no order. */
export const getItems = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly ItemKey[],
): Promise<readonly Item[]> => {
  const tried = `reading from the table ${table}`;
  const found: Item[] = [];
  for (const chunk of chunks(keys, ITEMS_PER_CALL)) {
    let left: KeysAndAttributes["Keys"] = chunk.map(keyItem);
    for (let round = 0; left && left.length > 0; round++) {
      if (round === ROUNDS_MAX) throw throttled(tried, left.length);
      if (round > 0) await pause(round - 1);
      const request: KeysAndAttributes = { Keys: left, ConsistentRead: true };
      const { Responses, UnprocessedKeys } = await attemptAws(tried, () =>
        client.send(new BatchGetItemCommand({ RequestItems: { [table]: request } })),
      );
      found.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys;
    }
  }
  return found;
};

export const keyOf = (item: Item): ItemKey => ({ pk: item["pk"]?.S ?? "", sk: item["sk"]?.S ?? "" });
