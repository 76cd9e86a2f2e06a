/** An answer as JSON: made once for all who are given the same object, which nobody changes. */
export const createJson = (): ((answer: unknown) => string) => {
  const texts = new WeakMap<object, string>();
  return (answer) => {
    if (typeof answer !== "object" || answer === null) return JSON.stringify(answer);
    let text = texts.get(answer);
    if (text === undefined) {
      text = JSON.stringify(answer);
      texts.set(answer, text);
    }
    return text;
  };
};
