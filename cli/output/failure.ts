/** What an exit code means; documented in `freshet --help` and docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** A defect of ours, or a failure that nothing below names. */
  failed: 1,
  /** Wrong words on the command line, or a config that does not define an app. */
  usage: 2,
  /** The data directory is in use, of another version, corrupt, full or of another log; or a service refuses, or is not there. */
  refused: 3,
  /** The books do not balance, or a check found something. */
  unbalanced: 4,
  /** A process that had to stop by itself: the fuse, a conflict. */
  stopped: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that the user can do something about: shown as one message without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(message);
  }
}
