import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { type HandledResponse, testHandler } from "../testing/aws/handler.js";
import { withoutPauses } from "../testing/aws/patience.js";
import { TEST_CREDENTIALS, TEST_REGION } from "../testing/aws/testTable.js";
import { asAwsError } from "./awsError.js";
import { createDynamoTable } from "./table/dynamoTable.js";

const clientThat = (respond: () => Promise<HandledResponse>, credentials: object = TEST_CREDENTIALS) => {
  const client = new DynamoDBClient({
    region: TEST_REGION,
    endpoint: "http://dynamodb.invalid",
    credentials: credentials as typeof TEST_CREDENTIALS,
    requestHandler: testHandler(respond),
    retryStrategy: withoutPauses,
  });
  onTestFinished(() => client.destroy());
  return client;
};

const refusing = (status: number, type: string) => async () => ({
  response: {
    statusCode: status,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: Buffer.from(
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "so it is" }),
    ),
  },
});

const failureOf = async (client: DynamoDBClient): Promise<unknown> =>
  createDynamoTable(client, "events")
    .get({ pk: "record#00", sk: "pointer" })
    .then(
      () => "none",
      (error: unknown) => error,
    );

describe("a failed request", () => {
  it.each([
    [400, "ResourceNotFoundException", "missing"],
    [400, "ProvisionedThroughputExceededException", "unavailable"],
    [400, "ThrottlingException", "unavailable"],
    [500, "InternalServerError", "unavailable"],
    [503, "SomethingNew", "unavailable"],
    [400, "AccessDeniedException", "unreadable"],
    [400, "UnrecognizedClientException", "unreadable"],
    [400, "InvalidSignatureException", "unreadable"],
    [400, "ExpiredTokenException", "unreadable"],
    [403, "SomethingNew", "unreadable"],
    [400, "ValidationException", "invalid"],
  ])("with %i %s is %s, and says what was tried on what", async (status, type, kind) => {
    const error = await failureOf(clientThat(refusing(status, type)));
    expect(error).toMatchObject({
      name: "StorageError",
      kind,
      message: expect.stringMatching(/reading record#00 pointer in the table events: /),
    });
  });

  it("without a connection is unavailable, and without credentials says so", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    expect(await failureOf(clientThat(() => Promise.reject(refused)))).toMatchObject({ kind: "unavailable" });
    const none = () =>
      Promise.reject(Object.assign(new Error("no credentials"), { name: "CredentialsProviderError" }));
    expect(await failureOf(clientThat(refusing(400, "None"), none))).toMatchObject({
      kind: "unreadable",
      message: expect.stringContaining("check the credentials"),
    });
  });

  it("keeps neither the request nor its signature", async () => {
    const error = (await failureOf(clientThat(refusing(400, "AccessDeniedException")))) as Error;
    const { cause } = error as { cause?: Error };
    expect(cause?.name).toBe("AccessDeniedException");
    expect(cause).not.toHaveProperty("$response");
    expect(JSON.stringify(Object.entries(cause ?? {}))).not.toContain("AWS4-HMAC");
  });

  it("that is a bug stays what it is", () => {
    const bug = new TypeError("undefined is not a function");
    expect(asAwsError(bug, "writing")).toBe(bug);
  });
});
