import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { LineStack, type LineStackProps } from "./lineStack.js";


/** The key of all that the line keeps. Whoever destroys it destroys what it encrypts. */
export class KeyStack extends LineStack {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: LineStackProps) {
    super(scope, id, props);
    this.key = new Key(this, "Key", {
      description: "What the line keeps: stream, lake, tables, secrets",
      enableKeyRotation: true,
      ...this.removal,
    });
  }
}
