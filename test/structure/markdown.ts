/** What a page of documentation says that can be checked. */
export interface Page {
  /** Lines of fenced blocks marked `sh`, with continued lines joined: a test runs them. */
  readonly commands: readonly string[];
  /** Fenced blocks marked `text`: what commands print. */
  readonly outputs: readonly string[];
  /** Every line of every code block, and every inline code. */
  readonly code: readonly string[];
  /** Targets of links and images, without anchors; addresses of the web left out. */
  readonly links: readonly string[];
}

const FENCE = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm;

export const readPage = (markdown: string): Page => {
  const blocks = [...markdown.matchAll(FENCE)].map((match) => ({
    language: match[1] ?? "",
    text: match[2] ?? "",
    lines: linesOf(match[2] ?? ""),
  }));
  const prose = markdown.replace(FENCE, "");
  const indented = linesOf(prose).filter((line) => /^ {4}\S/.test(line));
  const inline = [...prose.matchAll(/`([^`\n]+(?:\n[^`\n]+)?)`/g)].map((match) =>
    (match[1] ?? "").replace("\n", " "),
  );
  return {
    commands: blocks.flatMap(({ language, lines }) => (language === "sh" ? lines : [])),
    outputs: blocks.flatMap(({ language, text }) => (language === "text" ? [text] : [])),
    code: [...blocks.flatMap(({ lines }) => lines), ...indented.map((line) => line.trim()), ...inline],
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => (match[1] ?? "").replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target)),
  };
};

const linesOf = (text: string): readonly string[] =>
  text
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
