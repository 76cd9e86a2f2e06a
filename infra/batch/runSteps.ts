import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  JsonPath,
  Pass,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from "aws-cdk-lib/aws-stepfunctions";
import { SnsPublish } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { type Recount, recountSteps } from "./recountSteps.js";
import { asking, FAILURE, orElse, type Step } from "./step.js";

/** Firehose holds records for up to five minutes. */
const LOOK_AGAIN = Duration.minutes(5);
const LOOKS_MAX = 12;

export interface RunSteps {
  readonly land: Step;
  readonly ready: IFunction;
  readonly recount: Recount;
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
    message: TaskInput.fromJsonPathAt(FAILURE),
    resultPath: JsonPath.DISCARD,
  });
  tell.next(new Fail(scope, "Failed", { errorPath: "$.failure.Error", causePath: "$.failure.Cause" }));
  const orTell = orElse(tell, FAILURE);
  const ask = orTell(asking(scope, "HasTheHourLanded", { of: ready, resultPath: "$.readiness" }));
  const tooLate = new Pass(scope, "TheHourIsLate", {
    parameters: {
      Error: "HourNotLanded",
      "Cause.$": "States.JsonToString($.readiness)",
    },
    resultPath: FAILURE,
  });
  tooLate.next(tell);
  const lookAgain = new Wait(scope, "WaitForFirehose", { time: WaitTime.duration(LOOK_AGAIN) });
  const count = new Pass(scope, "CountLooks", {
    parameters: { "looks.$": "States.MathAdd($.looks, 1)" },
  });
  const first = new Pass(scope, "Begin", { parameters: { looks: 0 } });
  const landing = orTell(land);
  const head = recountSteps(scope, recount, { tell, published: new Succeed(scope, "Published") });
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
