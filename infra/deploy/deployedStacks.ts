import { CloudFormationClient, paginateDescribeStacks } from "@aws-sdk/client-cloudformation";

export interface DeployedStack {
  readonly name: string;
  /** As CloudFormation says it: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Those whose names begin so, of an account and a region. */
export const deployedStacks = async (prefix: string, region: string): Promise<readonly DeployedStack[]> => {
  const client = new CloudFormationClient({ region });
  const found: DeployedStack[] = [];
  try {
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
  } finally {
    client.destroy();
  }
  return found;
};
