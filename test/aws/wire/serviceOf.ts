import type { HttpRequest, HttpResponse } from "@freshet/simulators";

export type Service = "kinesis" | "dynamodb" | "s3";

/** What a request asks for: the operation, or S3's method. */
export interface Asked {
  readonly service: Service;
  readonly operation: string;
}

export const askedBy = ({ headers, method }: HttpRequest): Asked => {
  const [api = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  if (api.startsWith("Kinesis")) return { service: "kinesis", operation };
  if (api.startsWith("DynamoDB")) return { service: "dynamodb", operation };
  return { service: "s3", operation: method ?? "" };
};

const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PUT", "PutRecords"]);

export const isWrite = ({ operation }: Asked): boolean => WRITES.has(operation);

const THROTTLED = {
  kinesis: ["application/x-amz-json-1.1", '{"__type":"LimitExceededException","message":"slower"}', 400],
  dynamodb: [
    "application/x-amz-json-1.0",
    '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slower"}',
    400,
  ],
  s3: ["application/xml", "<Error><Code>SlowDown</Code><Message>slower</Message></Error>", 503],
} as const;

/** Refuses for now, as the service does. */
export const throttle = ({ service }: Asked, request: HttpRequest, response: HttpResponse): void => {
  const [type, body, status] = THROTTLED[service];
  request.resume();
  request.on("end", () => {
    response.writeHead(status, { "content-type": type });
    response.end(body);
  });
};
