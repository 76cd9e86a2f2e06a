/** Module specifiers of a TypeScript source: static, re-exported, dynamic and type imports. */
export const importsOf = (source: string): readonly string[] => {
  const code = withoutComments(source);
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

/** Comments become spaces; strings and templates stay, so that `//` inside them is no comment. */
const withoutComments = (source: string): string =>
  source.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (text, literal: string | undefined) => literal ?? " ".repeat(text.length),
  );
