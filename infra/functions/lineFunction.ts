import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type FunctionName, functionCode } from "./bundle.js";

export interface LineFunctionProps {
  readonly code: FunctionName;
  readonly memoryMib: number;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A function of Freshet's own, with a role that may write its log and nothing else until it is granted more. */
export class LineFunction extends Construct {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    { code, memoryMib, timeout, environment = {} }: LineFunctionProps,
  ) {
    super(scope, id);
    this.logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logGroup.grantWrite(this.role);
    this.handler = new LambdaFunction(this, "Handler", {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: functionCode(code),
      memorySize: memoryMib,
      timeout,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.TEXT,
      environment: { ...environment },
    });
  }
}
