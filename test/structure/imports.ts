/** Module specifiers of a TypeScript source: static, re-exported, dynamic and type imports. */
export const importsOf = (source: string): readonly string[] => {
  const code = withoutText(source);
  const found: string[] = [];
  for (const pattern of PATTERNS) {
    for (const match of code.matchAll(pattern)) found.push(match[1] as string);
  }
  return found;
};

const PATTERNS = [
  /(?<![\w$.])(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"']+)["']/g,
  /(?<![\w$.])import\s*["']([^"']+)["']/g,
  /(?<![\w$.])import\s*\(\s*["'`]([^"'`]+)["'`]/g,
  /\bimport\.meta\.resolve\(\s*["'`]([^"'`]+)["'`]/g,
  /\bnew URL\(\s*["'`](\.[^"'`]+\.[jt]s)["'`]\s*,\s*import\.meta\.url/g,
];

/** Comments become spaces, and so does text that is no specifier: what it says is no code. */
const withoutText = (source: string): string =>
  source.replace(LITERAL_OR_COMMENT, (text, literal: string | undefined, at: number) =>
    literal !== undefined && BEFORE_SPECIFIER.test(source.slice(Math.max(0, at - LOOK_BACK), at))
      ? literal
      : " ".repeat(text.length),
  );

const LITERAL_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const BEFORE_SPECIFIER = /(?:\b(?:from|import)|\b(?:import|import\.meta\.resolve|new URL)\s*\()\s*$/;
const LOOK_BACK = 40;
