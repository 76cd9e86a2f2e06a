import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { HeadBucketCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { StorageError } from "../errors.js";
import { attemptAws } from "./awsError.js";
import { storeTable } from "./table/definition.js";

/** @throws StorageError where there is no such table, or one with other keys */
export const checkTable = async (client: DynamoDBClient, name: string): Promise<void> => {
  const { Table } = await attemptAws(`opening the table ${name}`, () =>
    client.send(new DescribeTableCommand({ TableName: name })),
  );
  const keys = (
    schema: readonly {
      readonly AttributeName?: string | undefined;
      readonly KeyType?: string | undefined;
    }[] = [],
  ) => schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(", ");
  const wanted = keys(storeTable(name).KeySchema);
  if (keys(Table?.KeySchema) !== wanted) {
    throw new StorageError(
      "mismatch",
      `the table ${name} has the keys ${keys(Table?.KeySchema)}, Freshet's has ${wanted}; nothing was changed; name another table`,
    );
  }
};

/** @throws StorageError where there is no such bucket */
export const checkBucket = (client: S3Client, bucket: string): Promise<void> =>
  attemptAws(`opening the bucket ${bucket}`, async () => {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : null;
      if (status === 404)
        throw new StorageError(
          "missing",
          `there is no bucket ${bucket}; check the region and its name`,
          error,
        );
      // An answer to HEAD has no body that would say why.
      if (status === 403)
        throw new StorageError(
          "unreadable",
          `opening the bucket ${bucket}: S3 refuses it (403); check the credentials, their policy (s3:ListBucket) and whose bucket it is`,
          error,
        );
      throw error;
    }
  });
