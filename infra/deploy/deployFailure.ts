/** A deployment that did not come about. Nothing of it stands half: CloudFormation takes a stack back as a whole. */
export class DeployFailure extends Error {
  override readonly name = "DeployFailure";

  constructor(
    /** `busy`: somebody else is at it. */
    readonly kind: "busy" | "failed",
    message: string,
  ) {
    super(message);
  }
}
