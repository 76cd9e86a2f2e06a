import { RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { type Sizes, sizesFor } from "@freshet/model";
import type { StageConfig } from "../config/deployment.js";

export interface LineStackProps extends StackProps {
  readonly config: StageConfig;
  /** Data go with their stacks: only where somebody asked for it twice. */
  readonly deleteData: boolean;
}

/** A stack of the line's, in the region and the account of its stage. */
export class LineStack extends Stack {
  protected readonly config: StageConfig;
  protected readonly sizes: Sizes;
  protected readonly deleteData: boolean;

  constructor(scope: Construct, id: string, props: LineStackProps) {
    const { config, deleteData, ...stack } = props;
    super(scope, id, { ...stack, env: { account: config.account, region: config.region } });
    this.config = config;
    this.sizes = sizesFor(config.scale);
    this.deleteData = deleteData;
  }

  /** Of what cannot be made again. */
  protected get removal(): { readonly removalPolicy: RemovalPolicy } {
    return { removalPolicy: this.deleteData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN };
  }
}
