/** Where a command writes: results to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean;
  /** One JSON document, or the text for people. */
  result(document: unknown, text: () => string): void;
  note(text: string): void;
  /** A line that replaces itself on a terminal; elsewhere it is printed at most every few seconds. */
  progress(text: string): void;
  progressDone(): void;
}

const PROGRESS_EVERY_MS = 5_000;

export const createOutput = (
  json: boolean,
  streams: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream },
  now: () => number,
): Output => {
  const { stdout, stderr } = streams;
  let shown = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    json,
    result(document, text) {
      stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${text()}\n`);
    },
    note(text) {
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (stderr.isTTY) {
        stderr.write(`\r\x1b[2K${text}`);
        shown = true;
        return;
      }
      if (now() - lastMs < PROGRESS_EVERY_MS) return;
      lastMs = now();
      stderr.write(`${text}\n`);
    },
    progressDone() {
      if (shown) stderr.write("\n");
      shown = false;
    },
  };
};
