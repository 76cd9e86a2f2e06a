import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import {
  Choice,
  Condition,
  type CustomState,
  Errors,
  Fail,
  type IChainable,
  JsonPath,
  Pass,
  type RetryProps,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke, SnsPublish } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";

/** A step of a run: done again a few times, then told and given up. */
type Step = TaskStateBase | CustomState;

/** Firehose holds records for up to five minutes. */
const LOOK_AGAIN = Duration.minutes(5);
const LOOKS_MAX = 12;
const ASK_TIMEOUT = Duration.minutes(1);

/** Every step may be repeated: what it did before is found, and done no second time. */
export const RETRY: RetryProps = {
  errors: [Errors.ALL],
  interval: Duration.minutes(1),
  backoffRate: 3,
  maxAttempts: 3,
};

export interface RunSteps {
  readonly land: Step;
  readonly ready: IFunction;
  /** In their order: what counts, and publishes a generation. */
  readonly recount: readonly Step[];
  readonly failures: ITopic;
}

/**
 * A run of batch: land, look whether the last whole hour is there (a bounded number of times), recount and publish. What fails
 * thrice goes to the topic with its cause, and the run has failed; the next one begins where this one's last published state ends.
 */
export const runSteps = (scope: Construct, { land, ready, recount, failures }: RunSteps): IChainable => {
  const tell = new SnsPublish(scope, "TellFailure", {
    topic: failures,
    subject: "Freshet: a batch run failed",
    message: TaskInput.fromJsonPathAt("$.failure"),
    resultPath: JsonPath.DISCARD,
  });
  tell.next(new Fail(scope, "Failed", { errorPath: "$.failure.Error", causePath: "$.failure.Cause" }));
  const orTell = <S extends Step>(step: S): S => {
    step.addRetry(RETRY);
    step.addCatch(tell, { errors: [Errors.ALL], resultPath: "$.failure" });
    return step;
  };
  const ask = orTell(
    new LambdaInvoke(scope, "HasTheHourLanded", {
      lambdaFunction: ready,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
      taskTimeout: Timeout.duration(ASK_TIMEOUT),
      resultPath: "$.readiness",
    }),
  );
  const tooLate = new Pass(scope, "TheHourIsLate", {
    parameters: {
      Error: "HourNotLanded",
      "Cause.$": "States.JsonToString($.readiness)",
    },
    resultPath: "$.failure",
  });
  tooLate.next(tell);
  const lookAgain = new Wait(scope, "WaitForFirehose", { time: WaitTime.duration(LOOK_AGAIN) });
  const count = new Pass(scope, "CountLooks", {
    parameters: { "looks.$": "States.MathAdd($.looks, 1)" },
  });
  const first = new Pass(scope, "Begin", { parameters: { looks: 0 } });
  const landing = orTell(land);
  const [head, ...rest] = recount.map(orTell);
  if (!head) throw new Error("a run has nothing to do");
  const done = rest.reduce<Step>((before, step) => {
    before.next(step);
    return step;
  }, head);
  done.next(new Succeed(scope, "Published"));
  landing.next(ask);
  ask.next(
    new Choice(scope, "WhetherToCount")
      .when(Condition.stringEquals("$.readiness.kind", "ready"), head)
      .when(Condition.stringEquals("$.readiness.kind", "settled"), new Succeed(scope, "NothingToCount"))
      .when(Condition.numberGreaterThanEquals("$.looks", LOOKS_MAX), tooLate)
      .otherwise(lookAgain),
  );
  lookAgain.next(count);
  count.next(landing);
  return first.next(landing);
};
