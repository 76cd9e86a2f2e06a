import { AttributeType, BillingMode, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { storeTableExpiry } from "@freshet/storage";
import type { Construct } from "constructs";
import { LineStack, type LineStackProps } from "./lineStack.js";

const READ = [
  "dynamodb:BatchGetItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
  "dynamodb:Query",
] as const;
const WRITE = [
  "dynamodb:BatchWriteItem",
  "dynamodb:DeleteItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
] as const;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const READ_KEY = ["kms:Decrypt", "kms:DescribeKey"] as const;
const WRITE_KEY = ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"] as const;
const EXPIRES = storeTableExpiry("").TimeToLiveSpecification?.AttributeName;

/** Segment records, tips, leases, records and dead letters: `storeTable` of storage says the same of a table on this machine. */
export class ViewsStack extends LineStack {
  readonly table: Table;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: LineStackProps & { readonly key: IKey }) {
    super(scope, id, props);
    this.#key = props.key;
    this.table = new Table(this, "Table", {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !this.deleteData,
      ...(EXPIRES && { timeToLiveAttribute: EXPIRES }),
      ...this.removal,
    });
  }

  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: [...READ], resourceArns: [this.table.tableArn] });
    this.#key.grant(grantee, ...READ_KEY);
  }

  grantReadWrite(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: [...READ, ...WRITE], resourceArns: [this.table.tableArn] });
    this.#key.grant(grantee, ...READ_KEY, ...WRITE_KEY);
  }
}
