import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Choice, Condition, type IChainable, JsonPath, TaskInput } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { asking, FAILURE, orElse, type Step } from "./step.js";

const NEXT = "$.next";
/** Where a run keeps the name of the job that is next. */
export const NEXT_JOB = `${NEXT}.job`;

/** What counts, and publishes a generation. */
export type Recount =
  | { readonly kind: "task"; readonly recount: Step }
  /** Jobs between two tasks: one, and another where the books differ. */
  | {
      readonly kind: "job";
      readonly prepare: Step;
      /** Says which job is to be run, or that the run is done. */
      readonly next: IFunction;
      readonly count: Step;
      readonly publish: Step;
      /** Lets the next run begin, where one of these has failed for good. */
      readonly giveUp: Step;
    };

/** Its first state. @param tell where failures go; @param published what stands after its last state */
export const recountSteps = (
  scope: Construct,
  recount: Recount,
  { tell, published }: { readonly tell: IChainable; readonly published: IChainable },
): Step => {
  switch (recount.kind) {
    case "task": {
      const step = orElse(tell, FAILURE)(recount.recount);
      step.next(published);
      return step;
    }
    case "job": {
      // the failure that is told is the first one
      const giveUp = orElse(tell, "$.givingUp")(recount.giveUp);
      giveUp.next(tell);
      const orGiveUp = orElse(giveUp, FAILURE);
      const prepare = orGiveUp(recount.prepare);
      const count = orGiveUp(recount.count);
      const publish = orGiveUp(recount.publish);
      const next = orGiveUp(
        asking(scope, "WhichJob", {
          of: recount.next,
          resultPath: NEXT,
          payload: TaskInput.fromObject({ run: JsonPath.stringAt("$$.Execution.Name") }),
        }),
      );
      const whether = new Choice(scope, "WhetherToCountOn");
      whether.when(Condition.stringEquals(`${NEXT}.kind`, "count"), count).otherwise(published);
      prepare.next(next);
      next.next(whether);
      count.next(publish);
      publish.next(next);
      return prepare;
    }
  }
};
