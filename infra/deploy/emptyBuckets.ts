import { CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import {
  DeleteObjectsCommand,
  type ObjectIdentifier,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { attemptAws } from "@freshet/storage";
import { DeployFailure } from "./deployFailure.js";

/** Of DeleteObjects: as many as a page of a listing has. */
const AT_ONCE = 1_000;

const bucketsOf = async (stack: string, region: string): Promise<readonly string[]> => {
  const client = new CloudFormationClient({ region });
  const found: string[] = [];
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client },
      { StackName: stack },
    ))
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === "AWS::S3::Bucket" && PhysicalResourceId) found.push(PhysicalResourceId);
  } finally {
    client.destroy();
  }
  return found;
};

/** False: there was nothing left. */
const removePage = async (client: S3Client, bucket: string): Promise<boolean> => {
  const { Versions = [], DeleteMarkers = [] } = await client.send(
    new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: AT_ONCE }),
  );
  const Objects = [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }): ObjectIdentifier[] =>
    Key === undefined ? [] : [{ Key, VersionId }],
  );
  if (Objects.length === 0) return false;
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
  );
  const [error] = Errors;
  if (error)
    throw new DeployFailure(
      "failed",
      `${bucket}/${error.Key ?? ""} cannot be removed: ${error.Message ?? error.Code ?? ""}`,
    );
  return true;
};

/** CloudFormation removes no bucket that holds anything: removes all objects of a stack's buckets, in every version. */
export const emptyBuckets = async (stack: string, region: string): Promise<void> => {
  const client = new S3Client({ region });
  try {
    await attemptAws(`emptying the buckets of ${stack}`, async () => {
      for (const bucket of await bucketsOf(stack, region)) while (await removePage(client, bucket));
    });
  } finally {
    client.destroy();
  }
};
