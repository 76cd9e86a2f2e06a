import type { AwsStoreConfig } from "./config.js";

/** Makes the lake's bucket; one of that name that is ours is left as it is. @throws StorageError */
export const makeBucket = async (config: AwsStoreConfig): Promise<"made" | "standing"> => {
  const { BucketAlreadyOwnedByYou, CreateBucketCommand } = await import("@aws-sdk/client-s3");
  const { s3Client } = await import("./clients.js");
  const { attemptAws } = await import("./awsError.js");
  const { bucket } = config.lake;
  const client = s3Client(config);
  try {
    return await attemptAws(`making the bucket ${bucket}`, async () => {
      try {
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
      } catch (error) {
        if (error instanceof BucketAlreadyOwnedByYou) return "standing";
        throw error;
      }
      return "made";
    });
  } finally {
    client.destroy();
  }
};
