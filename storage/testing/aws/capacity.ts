import type { ConsumedCapacity, DynamoDBClient } from "@aws-sdk/client-dynamodb";

const COUNTED = new Set([
  "BatchGetItemCommand",
  "BatchWriteItemCommand",
  "DeleteItemCommand",
  "GetItemCommand",
  "PutItemCommand",
  "QueryCommand",
  "UpdateItemCommand",
]);

/** Capacity units, as the server counts them. */
export interface Meter {
  /** Of what `action` sends. */
  units(action: () => Promise<unknown>): Promise<number>;
}

export const meter = (client: DynamoDBClient): Meter => {
  let total = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!COUNTED.has(String(context["commandName"]))) return next(args);
      const input = { ...args.input, ReturnConsumedCapacity: "TOTAL" };
      const result = await next({ ...args, input });
      const { ConsumedCapacity } = result.output as {
        ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
      };
      if (ConsumedCapacity === undefined)
        throw new Error(`no capacity for ${String(context["commandName"])}`);
      for (const { CapacityUnits = 0 } of [ConsumedCapacity].flat()) total += CapacityUnits;
      return result;
    },
    { step: "initialize", name: "meter" },
  );
  return {
    async units(action) {
      const before = total;
      await action();
      return total - before;
    },
  };
};
