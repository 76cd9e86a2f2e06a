import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Lease } from "../lease/lease.js";
import { type ChangeOutcome, changed, type LeaseChange, type LeaseStore } from "../lease/store.js";
import { ATTRIBUTE, changedAttributes, type Item, isLeaseItem, itemOf, readItem } from "./item.js";
import type { LeaseKeys } from "./leaseKeys.js";

/** Of one list: a table that gives more is no lease table. */
const PAGES_MAX = 10_000;

export interface LeaseTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly keys: LeaseKeys;
}

/** Names and values of an expression, numbered as they come. */
const createNames = () => {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  let count = 0;
  return {
    name: (attribute: string): string => {
      const name = `#${count++}`;
      names[name] = attribute;
      return name;
    },
    value: (value: AttributeValue): string => {
      const name = `:${count++}`;
      values[name] = value;
      return name;
    },
    asGiven: () => ({
      ExpressionAttributeNames: names,
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
    }),
  };
};

type Names = ReturnType<typeof createNames>;

const isAs = (seen: Lease, { name, value }: Names): string => {
  const sameText = (attribute: string, text: string | null): string =>
    text === null ? `attribute_not_exists(${name(attribute)})` : `${name(attribute)} = ${value({ S: text })}`;
  return [
    `${name(ATTRIBUTE.counter)} = ${value({ N: String(seen.counter) })}`,
    sameText(ATTRIBUTE.owner, seen.owner),
    sameText(ATTRIBUTE.checkpointOwner, seen.checkpointOwner),
  ].join(" AND ");
};

/** Only the attributes that change: what a later KCL adds to a row stays. */
const updateOf = (seen: Lease, change: LeaseChange, { name, value }: Names): string => {
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [attribute, to] of Object.entries(changedAttributes(seen, change))) {
    if (to === null) removes.push(name(attribute));
    else sets.push(`${name(attribute)} = ${value(to)}`);
  }
  return [
    sets.length > 0 ? `SET ${sets.join(", ")}` : "",
    removes.length > 0 ? `REMOVE ${removes.join(", ")}` : "",
  ].join(" ");
};

/** Leases in a DynamoDB table, in the rows of the Kinesis Client Library 2 and 3. See `openLeaseTable`. */
export const createLeaseTable = ({ client, tableName, keys }: LeaseTableOptions): LeaseStore => {
  const TableName = tableName;
  const keyOf = (shard: string): Item => ({ [ATTRIBUTE.key]: { S: keys.keyOf(shard) } });

  const read = async (shard: string): Promise<Lease | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: keyOf(shard), ConsistentRead: true }),
    );
    return Item ? readItem(Item, shard) : null;
  };

  /** Null where the condition held not. */
  const ifHeld = async <T>(sent: Promise<T>): Promise<T | { readonly refusedBy: Item | undefined }> => {
    try {
      return await sent;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { refusedBy: error.Item };
      throw error;
    }
  };

  return {
    read,
    list: async (newest) => {
      const leases: Lease[] = [];
      let from: Item | undefined;
      for (let page = 0; page < PAGES_MAX; page++) {
        const start = from ? { ExclusiveStartKey: from } : {};
        const { Items, LastEvaluatedKey } = await client.send(
          new ScanCommand({ TableName, ConsistentRead: newest, ...start }),
        );
        for (const item of Items ?? []) {
          const shard = keys.shardOf(item[ATTRIBUTE.key]?.S ?? "");
          if (shard !== null && isLeaseItem(item)) leases.push(readItem(item, shard));
        }
        if (!LastEvaluatedKey) return leases;
        from = LastEvaluatedKey;
      }
      throw new RangeError(`the table ${tableName} has more than ${PAGES_MAX} pages`);
    },
    create: async (lease) => {
      const names = createNames();
      const absent = `attribute_not_exists(${names.name(ATTRIBUTE.key)})`;
      const put = new PutItemCommand({
        TableName,
        Item: { ...keyOf(lease.shard), ...itemOf(lease) },
        ConditionExpression: absent,
        ...names.asGiven(),
      });
      return !("refusedBy" in (await ifHeld(client.send(put))));
    },
    change: async (seen, change): Promise<ChangeOutcome> => {
      const names = createNames();
      const update = new UpdateItemCommand({
        TableName,
        Key: keyOf(seen.shard),
        ConditionExpression: isAs(seen, names),
        UpdateExpression: updateOf(seen, change, names),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        ReturnValues: "ALL_NEW",
        ...names.asGiven(),
      });
      const outcome = await ifHeld(client.send(update));
      if (!("refusedBy" in outcome)) {
        const lease = outcome.Attributes ? readItem(outcome.Attributes, seen.shard) : changed(seen, change);
        return { kind: "changed", lease };
      }
      // Not every server gives the row with the refusal; a row that is not there comes with none.
      const standing = outcome.refusedBy ? readItem(outcome.refusedBy, seen.shard) : await read(seen.shard);
      return { kind: "refused", standing };
    },
    remove: async (seen) => {
      const names = createNames();
      const remove = new DeleteItemCommand({
        TableName,
        Key: keyOf(seen.shard),
        ConditionExpression: isAs(seen, names),
        ...names.asGiven(),
      });
      return !("refusedBy" in (await ifHeld(client.send(remove))));
    },
  };
};
