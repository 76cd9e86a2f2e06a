import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import {
  type CustomState,
  Errors,
  type IChainable,
  type RetryProps,
  type TaskInput,
  type TaskStateBase,
  Timeout,
} from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";

/** A step of a run: done again a few times, then given up. */
export type Step = TaskStateBase | CustomState;

/** Where a run keeps what it failed of. */
export const FAILURE = "$.failure";

const ASK_TIMEOUT = Duration.minutes(1);

/** Every step may be repeated: what it did before is found, and done no second time. */
const RETRY: RetryProps = {
  errors: [Errors.ALL],
  interval: Duration.minutes(1),
  backoffRate: 3,
  maxAttempts: 3,
};

/** A step that goes on elsewhere when it has failed for good. @param resultPath where it then says why */
export const orElse =
  (to: IChainable, resultPath: string) =>
  <S extends Step>(step: S): S => {
    step.addRetry(RETRY);
    step.addCatch(to, { errors: [Errors.ALL], resultPath });
    return step;
  };

/** A question to a function. @param resultPath where the answer is kept */
export const asking = (
  scope: Construct,
  id: string,
  {
    of,
    resultPath,
    payload,
  }: { readonly of: IFunction; readonly resultPath: string; readonly payload?: TaskInput },
): LambdaInvoke =>
  new LambdaInvoke(scope, id, {
    lambdaFunction: of,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(ASK_TIMEOUT),
    resultPath,
    ...(payload && { payload }),
  });
