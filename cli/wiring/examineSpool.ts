import { readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AwsLineConfig } from "@freshet/storage";
import type { Finding } from "./finding.js";
import { sqsClientOf } from "./spool.js";

type SpoolConfig = NonNullable<AwsLineConfig["spool"]>;

const MIB = 2 ** 20;
const DAY_S = 86_400;

/** Of what lies in it; a folder that is not there yet is made by the collector. */
const waitingBytes = async (dir: string): Promise<number> => {
  const names = await readdir(dir).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

const freeBytes = async (dir: string): Promise<number> => {
  for (let folder = dir; ; folder = dirname(folder)) {
    const found = await statfs(folder).catch(() => null);
    if (found) return found.bavail * found.bsize;
    if (folder === dirname(folder)) return 0;
  }
};

const examineDisk = async ({
  dir,
  bytesMax = 256 * MIB,
}: Extract<SpoolConfig, { readonly kind: "disk" }>): Promise<Finding> => {
  const [waiting, free] = [await waitingBytes(dir), await freeBytes(dir)];
  const found = `${dir}: ${(waiting / MIB).toFixed(1)} MiB wait`;
  return waiting + free >= bytesMax
    ? { verdict: "ok", what: "spool", found }
    : {
        verdict: "warning",
        what: "spool",
        found: `${found}, ${(free / MIB).toFixed(0)} MiB are free`,
        advice: `free space, or lower \`bytesMax\` (${bytesMax}): the disk is full before the spool is`,
      };
};

const examineQueue = async (store: AwsLineConfig, queueUrl: string): Promise<Finding> => {
  const { GetQueueAttributesCommand } = await import("@aws-sdk/client-sqs");
  const client = await sqsClientOf(store);
  try {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages = "0", MessageRetentionPeriod = "0", RedrivePolicy } = Attributes;
    const days = Number(MessageRetentionPeriod) / DAY_S;
    const found = `${queueUrl}: ${ApproximateNumberOfMessages} messages wait, each for ${days} days at most`;
    return RedrivePolicy === undefined
      ? { verdict: "ok", what: "spool", found }
      : {
          verdict: "warning",
          what: "spool",
          found: `${found}; its redrive policy is ${RedrivePolicy}`,
          advice: "take the policy off: while Kinesis is away, each message is received every 5 minutes",
        };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return {
      verdict: "problem",
      what: "spool",
      found: `${queueUrl}: ${name}: ${message}`,
      advice: "check the queue's URL, and that sqs:GetQueueAttributes is allowed",
    };
  } finally {
    client.destroy();
  }
};

/** Whether the collector's spool can take what it is for. */
export const examineSpool = (store: AwsLineConfig, spool: SpoolConfig): Promise<Finding> => {
  switch (spool.kind) {
    case "disk":
      return examineDisk(spool);
    case "sqs":
      return examineQueue(store, spool.queueUrl);
  }
};
