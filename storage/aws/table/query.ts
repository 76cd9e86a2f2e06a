import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { attemptAws } from "../awsError.js";
import { type Item, text } from "./item.js";

/** Which items of a partition, by sort key. */
export type SortRange =
  | { readonly kind: "all" }
  | { readonly kind: "prefix"; readonly prefix: string }
  | { readonly kind: "above"; readonly afterExclusive: string }
  | { readonly kind: "through"; readonly through: string }
  | { readonly kind: "between"; readonly from: string; readonly through: string };

export interface QueryOptions {
  readonly descending?: boolean;
  /** Of one page; what a page holds is bounded by 1 MB too. */
  readonly pageItems?: number;
  /** A projection spares traffic, not read units. */
  readonly attributes?: string;
  readonly filter?: { readonly expression: string; readonly values: Item };
  /** Half the price, and perhaps without the newest writes. */
  readonly eventual?: boolean;
}

export type Bounds = Pick<QueryCommandInput, "KeyConditionExpression" | "ExpressionAttributeValues">;

export const boundsOf = (pk: string, range: SortRange): Bounds => {
  const bounds = (condition: string, values: Item): Bounds => ({
    KeyConditionExpression: `pk = :pk${condition}`,
    ExpressionAttributeValues: { ":pk": text(pk), ...values },
  });
  switch (range.kind) {
    case "all":
      return bounds("", {});
    case "prefix":
      return bounds(" AND begins_with(sk, :prefix)", { ":prefix": text(range.prefix) });
    case "above":
      return bounds(" AND sk > :after", { ":after": text(range.afterExclusive) });
    case "through":
      return bounds(" AND sk <= :through", { ":through": text(range.through) });
    case "between":
      return bounds(" AND sk BETWEEN :from AND :through", {
        ":from": text(range.from),
        ":through": text(range.through),
      });
  }
};

const inputOf = (table: string, pk: string, range: SortRange, options: QueryOptions): QueryCommandInput => {
  const { KeyConditionExpression, ExpressionAttributeValues } = boundsOf(pk, range);
  const { descending = false, pageItems, attributes, filter, eventual = false } = options;
  return {
    TableName: table,
    KeyConditionExpression,
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ...filter?.values },
    ScanIndexForward: !descending,
    ConsistentRead: !eventual,
    ...(pageItems !== undefined && { Limit: pageItems }),
    ...(attributes !== undefined && { ProjectionExpression: attributes }),
    ...(filter && { FilterExpression: filter.expression }),
  };
};

/** Page by page, until the partition's range ends or the caller stops asking. */
export async function* queryPages(
  client: DynamoDBClient,
  table: string,
  pk: string,
  range: SortRange,
  options: QueryOptions = {},
): AsyncGenerator<readonly Item[]> {
  const input = inputOf(table, pk, range, options);
  let from: QueryCommandInput["ExclusiveStartKey"];
  do {
    const page = await attemptAws(`reading ${pk} in the table ${table}`, () =>
      client.send(new QueryCommand({ ...input, ExclusiveStartKey: from })),
    );
    yield page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from);
}

/** How many there are; costs as much as reading them. */
export const queryCount = async (
  client: DynamoDBClient,
  table: string,
  pk: string,
  range: SortRange,
  options: QueryOptions = {},
): Promise<number> => {
  const input = inputOf(table, pk, range, options);
  let count = 0;
  let from: QueryCommandInput["ExclusiveStartKey"];
  do {
    const page = await attemptAws(`counting ${pk} in the table ${table}`, () =>
      client.send(new QueryCommand({ ...input, Select: "COUNT", ExclusiveStartKey: from })),
    );
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from);
  return count;
};
