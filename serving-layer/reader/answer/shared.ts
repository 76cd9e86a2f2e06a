/** Answers kept at a time: those of one version. */
const ANSWERS_MAX = 500;
/** Rows and points in them. */
const ROWS_MAX = 100_000;

/** Reckons the answer to a question once for all who ask while a version stands. */
export type Shared = <Answer extends object>(
  kind: string,
  metric: string,
  question: object,
  reckon: () => Promise<Answer>,
) => Promise<Answer>;

const rowsOf = (answer: object): number => {
  const { rows, points } = answer as {
    readonly rows?: readonly unknown[];
    readonly points?: readonly unknown[];
  };
  return (rows ?? points)?.length ?? 1;
};

export const createShared = (version: () => string): Shared => {
  let of = "";
  let rows = 0;
  let answers = new Map<string, Promise<object>>();
  return <Answer extends object>(
    kind: string,
    metric: string,
    question: object,
    reckon: () => Promise<Answer>,
  ): Promise<Answer> => {
    const now = version();
    if (now !== of || answers.size >= ANSWERS_MAX || rows > ROWS_MAX) {
      of = now;
      rows = 0;
      answers = new Map();
    }
    const name = JSON.stringify([kind, metric, question]);
    const known = answers.get(name);
    if (known) return known as Promise<Answer>;
    const mine = answers;
    const answer = reckon();
    mine.set(name, answer);
    answer.then(
      (reckoned) => {
        if (mine === answers) rows += rowsOf(reckoned);
      },
      () => mine.delete(name),
    );
    return answer;
  };
};
