import type { StateMachine as Interpreter } from "aws-local-stepfunctions";
import { onlyResource, type Templates } from "./templates.js";

/** In place of what CloudFormation would put into a definition: names of buckets, ARNs. */
export const RESOLVED = "resolved";

/** The state machine of batch as it is deployed; references become a word, as the values that CloudFormation puts there would be. */
export const definitionOf = (templates: Templates): Readonly<Record<string, unknown>> => {
  const { Properties = {} } = onlyResource(templates, "AWS::StepFunctions::StateMachine");
  const text = Properties["DefinitionString"] as {
    readonly "Fn::Join": readonly [string, readonly unknown[]];
  };
  return JSON.parse(
    text["Fn::Join"][1].map((part) => (typeof part === "string" ? part : RESOLVED)).join(""),
  ) as Record<string, unknown>;
};

interface Called {
  readonly state: string;
  readonly input: unknown;
}

/** What stands in for a task of the machine: its answer, or a failure. @param call from 1 */
export type TaskStub = (call: number, input: unknown) => unknown;

const STEPS = [
  ...["Land", "HasTheHourLanded", "Prepare", "WhichJob", "Count", "Publish", "GiveUp", "Recount"],
  "TellFailure",
];

/** The interpreter asks for it, and Node 20 has none. */
const giveResolvers = (): void => {
  const own = Promise as unknown as { withResolvers?: () => unknown };
  own.withResolvers ??= () => {
    let resolve: unknown;
    let reject: unknown;
    const promise = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise, resolve, reject };
  };
};

let loading: Promise<typeof Interpreter> | null = null;
const interpreter = (): Promise<typeof Interpreter> => {
  giveResolvers();
  loading ??= import("aws-local-stepfunctions").then(({ StateMachine }) => StateMachine);
  return loading;
};

export interface Interpreted {
  readonly outcome: { readonly kind: "succeeded" } | { readonly kind: "failed"; readonly error: Error };
  readonly called: readonly Called[];
  readonly states: readonly string[];
}

/** Executes a definition without waiting. A state without a stub answers with nothing. @param run the execution's name */
export const interpret = async (
  definition: Readonly<Record<string, unknown>>,
  run: string,
  stubs: Readonly<Record<string, TaskStub>>,
): Promise<Interpreted> => {
  const StateMachine = await interpreter();
  const called: Called[] = [];
  const calls = new Map<string, number>();
  const handlers = Object.fromEntries(
    STEPS.map((state) => [
      state,
      (input: unknown) => {
        const call = (calls.get(state) ?? 0) + 1;
        calls.set(state, call);
        called.push({ state, input });
        return (stubs[state]?.(call, input) ?? {}) as never;
      },
    ]),
  );
  const machine = new StateMachine(definition as never, { validationOptions: { checkArn: false } });
  const { result } = machine.run(
    {},
    {
      overrides: {
        taskResourceLocalHandlers: handlers,
        waitTimeOverrides: { WaitForFirehose: 0 },
        retryIntervalOverrides: Object.fromEntries(STEPS.map((state) => [state, 0])),
      },
      context: { Execution: { Name: run } },
    },
  );
  const outcome = await result.then(
    () => ({ kind: "succeeded" as const }),
    (error: unknown) => ({ kind: "failed" as const, error: error as Error }),
  );
  return { outcome, called, states: called.map(({ state }) => state) };
};
