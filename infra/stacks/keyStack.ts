import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { accept } from "../reasons.js";
import { LineStack, type LineStackProps } from "./lineStack.js";

const MASTER_KEY_CHARS = 48;

/** The key of all that the line keeps. Whoever destroys it destroys what it encrypts. */
export class KeyStack extends LineStack {
  readonly key: Key;
  readonly masterKey: Secret;

  constructor(scope: Construct, id: string, props: LineStackProps) {
    super(scope, id, props);
    this.key = new Key(this, "Key", {
      description: "What the line keeps: stream, lake, tables, secrets",
      enableKeyRotation: true,
      ...this.removal,
    });
    // Alarms and budgets publish to a topic that is encrypted with it.
    for (const service of ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"])
      this.key.grant(new ServicePrincipal(service), "kms:Decrypt", "kms:GenerateDataKey");
    this.masterKey = new Secret(this, "MasterKey", {
      description: "FRESHET_KEY: allows everything, for who makes the other keys",
      encryptionKey: this.key,
      generateSecretString: { passwordLength: MASTER_KEY_CHARS, excludePunctuation: true },
      ...this.removal,
    });
    accept(this.masterKey, {
      SMG4: "Servers read it when they start: a rotation is a new value and a new deployment, and nobody but operators has it.",
    });
  }
}
