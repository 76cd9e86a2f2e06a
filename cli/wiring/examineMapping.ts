import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { mappingFaults } from "@freshet/speed-layer";
import { type AwsLineConfig, awsServices, inspectStream } from "@freshet/storage";
import type { Finding } from "./finding.js";

const KIB = 1024;
const ENABLED = ["Enabled", "Enabling", "Updating", "Creating"];

const mappingsOf = async (
  { region, credentials, endpoints }: AwsLineConfig,
  fold: string,
): Promise<readonly EventSourceMappingConfiguration[]> => {
  const { LambdaClient, paginateListEventSourceMappings } = await import("@aws-sdk/client-lambda");
  const client = new LambdaClient({
    region,
    ...(credentials && { credentials: { ...credentials } }),
    ...(endpoints?.lambda && { endpoint: endpoints.lambda }),
  });
  const found: EventSourceMappingConfiguration[] = [];
  try {
    for await (const page of paginateListEventSourceMappings({ client }, { FunctionName: fold }))
      found.push(...(page.EventSourceMappings ?? []));
  } finally {
    client.destroy();
  }
  return found;
};

const problem = (found: string, advice: string): Finding => ({
  verdict: "problem",
  what: "mapping",
  found,
  advice,
});

/** Whether the mapping of the stream to the function that folds it lets nothing be passed over. */
export const examineMapping = async (store: AwsLineConfig, fold: string): Promise<readonly Finding[]> => {
  try {
    const { id, recordBytesMax } = await inspectStream(awsServices(store));
    const arn = id.replace(/@.*$/, "");
    const mappings = (await mappingsOf(store, fold)).filter(
      ({ EventSourceArn = "" }) => EventSourceArn === arn || EventSourceArn.startsWith(`${arn}/consumer/`),
    );
    if (mappings.length === 0)
      return [
        problem(`${fold} is not mapped to ${arn}`, "map it, as docs/lambda.md says, or run `freshet speed`"),
      ];
    return mappings.flatMap((mapping): readonly Finding[] => {
      const { UUID = "", State = "" } = mapping;
      const faults = mappingFaults(mapping, recordBytesMax / KIB).map((fault) =>
        problem(`${UUID} of ${fold}: ${fault}`, "set it so: records that are passed over are not folded"),
      );
      if (faults.length > 0) return faults;
      const what = "mapping";
      return ENABLED.includes(State)
        ? [{ verdict: "ok", what, found: `${UUID} of ${fold}` }]
        : [{ verdict: "warning", what, found: `${UUID} of ${fold} is ${State}`, advice: "enable it" }];
    });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const advice = "check the function's name, and that lambda:ListEventSourceMappings is allowed";
    return [problem(`asking for the mappings of ${fold}: ${name}: ${message}`, advice)];
  }
};
