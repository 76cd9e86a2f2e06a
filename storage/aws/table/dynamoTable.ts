import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { attemptAws } from "../awsError.js";
import { deleteItems, getItems } from "./batch.js";
import { type Item, text } from "./item.js";
import type { ItemKey } from "./key.js";
import { queryCount, type QueryOptions, queryPages, type SortRange } from "./query.js";

/** What must hold of the item that stands, as a condition expression. */
export interface Condition {
  readonly expression: string;
  readonly values?: Item;
}

export interface Update {
  /** An update expression; its values are with the condition's. */
  readonly change: string;
  readonly condition: Condition;
}

/** What became of a conditional write; `previous` is the item that it replaced. */
export type WriteOutcome =
  | { readonly kind: "written"; readonly previous: Item | null }
  /** `repeated`: the request was sent more than once, and an earlier one may have taken effect. */
  | { readonly kind: "refused"; readonly repeated: boolean };

/**
 * One table with text keys `pk` and `sk`. Every write is one item, with a condition or idempotent; there are no
 * transactions. The SDK sends a write again when its answer is lost, and a refusal may be the echo of one's own
 * write: who cares must be able to tell by the item.
 */
export interface DynamoTable {
  put(key: ItemKey, item: Item, condition?: Condition): Promise<WriteOutcome>;
  update(key: ItemKey, update: Update): Promise<WriteOutcome>;
  remove(key: ItemKey, condition?: Condition): Promise<WriteOutcome>;
  /** Strongly consistent. */
  get(key: ItemKey): Promise<Item | null>;
  /** Those that are there, strongly consistent, in no order. */
  getMany(keys: readonly ItemKey[]): Promise<readonly Item[]>;
  /** Strongly consistent unless `eventual`. */
  pages(pk: string, range: SortRange, options?: QueryOptions): AsyncGenerator<readonly Item[]>;
  count(pk: string, range: SortRange, options?: QueryOptions): Promise<number>;
  removeMany(keys: readonly ItemKey[]): Promise<void>;
}

const ABSENT: Condition = { expression: "attribute_not_exists(pk)" };
export const absent = (): Condition => ABSENT;

const conditionOf = (condition: Condition | undefined) =>
  condition && {
    ConditionExpression: condition.expression,
    ...(condition.values && { ExpressionAttributeValues: condition.values }),
  };

const outcomeOf = async (
  tried: string,
  write: () => Promise<{ readonly Attributes?: Item | undefined }>,
): Promise<WriteOutcome> =>
  attemptAws(tried, async () => {
    try {
      const { Attributes } = await write();
      return { kind: "written", previous: Attributes ?? null };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return { kind: "refused", repeated: (error.$metadata.attempts ?? 1) > 1 };
      throw error;
    }
  });

export const createDynamoTable = (client: DynamoDBClient, name: string): DynamoTable => {
  const at = ({ pk, sk }: ItemKey) => ({ pk: text(pk), sk: text(sk) });
  const naming = ({ pk, sk }: ItemKey): string => `${pk} ${sk} in the table ${name}`;
  return {
    put: (key, item, condition) =>
      outcomeOf(`writing ${naming(key)}`, () =>
        client.send(
          new PutItemCommand({
            TableName: name,
            Item: { ...item, ...at(key) },
            ReturnValues: "NONE",
            ...conditionOf(condition),
          }),
        ),
      ),
    update: (key, { change, condition }) =>
      outcomeOf(`writing ${naming(key)}`, () =>
        client.send(
          new UpdateItemCommand({
            TableName: name,
            Key: at(key),
            UpdateExpression: change,
            ReturnValues: "ALL_OLD",
            ...conditionOf(condition),
          }),
        ),
      ),
    remove: (key, condition) =>
      outcomeOf(`deleting ${naming(key)}`, () =>
        client.send(
          new DeleteItemCommand({
            TableName: name,
            Key: at(key),
            ReturnValues: "ALL_OLD",
            ...conditionOf(condition),
          }),
        ),
      ),
    get: (key) =>
      attemptAws(`reading ${naming(key)}`, async () => {
        const { Item: item } = await client.send(
          new GetItemCommand({ TableName: name, Key: at(key), ConsistentRead: true }),
        );
        return item ?? null;
      }),
    getMany: (keys) => getItems(client, name, keys),
    pages: (pk, range, options) => queryPages(client, name, pk, range, options),
    count: (pk, range, options) => queryCount(client, name, pk, range, options),
    removeMany: (keys) => deleteItems(client, name, keys),
  };
};
