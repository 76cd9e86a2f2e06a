process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:45661";
process.env.AWS_ACCESS_KEY_ID = "123456789012";
process.env.AWS_SECRET_ACCESS_KEY = "t";
process.env.AWS_REGION = "us-east-1";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { openDataStore, awsServices } from "@freshet/storage";
const cf = new CloudFormationClient({});
const { Stacks } = await cf.send(new DescribeStacksCommand({}));
console.log(Stacks.map((s) => s.StackName + " " + s.StackStatus).join("\n"));
const store = JSON.parse(
  Stacks.flatMap((s) => s.Outputs ?? []).find((o) => o.OutputKey === "Store").OutputValue,
);
console.log(store);
