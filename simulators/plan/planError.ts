/** A plan that cannot be made: what is missing or out of range, and what to do. */
export class PlanError extends Error {
  override readonly name = "PlanError";
}
