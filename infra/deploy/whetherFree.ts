import type { DeployedStack } from "./deployedStacks.js";

/** Why a stage cannot be deployed or destroyed now; null: it can. */
export const whyBusy = (stacks: readonly Pick<DeployedStack, "name" | "status">[]): string | null => {
  const busy = stacks.filter(
    ({ status }) => status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS",
  );
  if (busy.length > 0)
    return `somebody else deploys or destroys it now (${busy.map(({ name, status }) => `${name}: ${status}`).join(", ")}): wait until they have ended`;
  const stuck = stacks.filter(
    ({ status }) => status.endsWith("ROLLBACK_FAILED") || status === "DELETE_FAILED",
  );
  if (stuck.length > 0)
    return `it was left half-way (${stuck.map(({ name, status }) => `${name}: ${status}`).join(", ")}): CloudFormation's events of the stack say why; continue its rollback there first`;
  return null;
};
