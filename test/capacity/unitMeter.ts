import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { HttpRequest, HttpResponse } from "@freshet/simulators";
import type { Listener } from "../aws/wire/wire.js";

/** What a DynamoDB was asked to pay, by operation. */
export interface UnitMeter {
  readonly listener: Listener;
  writeUnits(): number;
  byKey(): Readonly<Record<string, number>>;
}

const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

interface Capacity {
  readonly CapacityUnits?: number;
}

const bodyOf = async (request: HttpRequest): Promise<Record<string, unknown>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
};

/** The same request with another body. */
const withBody = (request: HttpRequest, body: object): IncomingMessage => {
  const bytes = Buffer.from(JSON.stringify(body));
  const again = new IncomingMessage(new Socket());
  again.method = request.method;
  again.url = request.url;
  again.headers = { ...request.headers, "content-length": String(bytes.length) };
  again.push(bytes);
  again.push(null);
  return again;
};

const kindOf = (body: Record<string, unknown>): string => {
  const item = (body["Item"] ?? body["Key"]) as { pk?: { S?: string } } | undefined;
  return (item?.pk?.S ?? "?").split("#")[0] ?? "?";
};

/** Asks the server with every write what it costs, and adds it up. */
export const createUnitMeter = (listener: Listener): UnitMeter => {
  const units: Record<string, number> = {};
  const pass = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const body = await bodyOf(request);
    if (operation === "BatchWriteItem" || operation === "TransactWriteItems")
      throw new Error(`${operation} is not counted here`);
    const kind = kindOf(body);
    if (WRITES.has(operation)) {
      const end = response.end.bind(response);
      const counted = (chunk: string | Buffer = ""): HttpResponse => {
        const answer = JSON.parse(String(chunk) || "{}") as { ConsumedCapacity?: Capacity };
        units[kind] = (units[kind] ?? 0) + (answer.ConsumedCapacity?.CapacityUnits ?? 0);
        return end(chunk);
      };
      Object.assign(response, { end: counted });
    }
    listener(withBody(request, { ...body, ReturnConsumedCapacity: "TOTAL" }), response);
  };
  return {
    listener: (request, response) => {
      pass(request, response).catch((error: unknown) => response.destroy(error as Error));
    },
    writeUnits: () => Object.values(units).reduce((sum, count) => sum + count, 0),
    byKey: () => ({ ...units }),
  };
};
