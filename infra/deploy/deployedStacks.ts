import { CloudFormationClient, paginateDescribeStacks } from "@aws-sdk/client-cloudformation";
import { attemptAws } from "@freshet/storage";

export interface DeployedStack {
  readonly name: string;
  /** As CloudFormation says it: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

const readStacks = async (
  client: CloudFormationClient,
  prefix: string,
): Promise<readonly DeployedStack[]> => {
  const found: DeployedStack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    for (const { StackName: name = "", StackStatus: status = "", Outputs = [] } of Stacks)
      if (name.startsWith(`${prefix}-`))
        found.push({
          name,
          status,
          outputs: Object.fromEntries(
            Outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
          ),
        });
  return found;
};

/** Those whose names begin so, of an account and a region. @throws StorageError where CloudFormation refuses or is not there */
export const deployedStacks = async (prefix: string, region: string): Promise<readonly DeployedStack[]> => {
  const client = new CloudFormationClient({ region });
  try {
    return await attemptAws(`asking CloudFormation in ${region} for the stacks of ${prefix}`, () =>
      readStacks(client, prefix),
    );
  } finally {
    client.destroy();
  }
};
