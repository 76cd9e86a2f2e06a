export type Language = "typescript" | "sql";

export interface Token {
  readonly kind: "plain" | "text" | "number" | "word" | "call";
  readonly text: string;
}

const WORDS: Readonly<Record<Language, RegExp>> = {
  typescript: /^(?:true|false|null)$/,
  sql: /^(?:select|from|where|group|order|by|as|and|or|not|in|is|null|nulls|first|last|create|temp|table|union|all|name|join|on|case|when|then|else|end|cast|distinct|true|false|between|any_value|coalesce|having|limit|with|values|lateral|unnest|left|filter)$/i,
};
const TEXTS: Readonly<Record<Language, string>> = {
  typescript: `"(?:[^"\\\\]|\\\\.)*"`,
  sql: `'(?:[^']|'')*'`,
};

/** Enough of a language to tell its parts apart; the tokens' texts are the text. */
export const tokensOf = (text: string, language: Language): readonly Token[] => {
  const pattern = new RegExp(`${TEXTS[language]}|\\b\\d[\\d.]*(?:e[+-]?\\d+)?\\b|[A-Za-z_]\\w*`, "g");
  const tokens: Token[] = [];
  let plainFrom = 0;
  for (const match of text.matchAll(pattern)) {
    const [part] = match;
    const end = match.index + part.length;
    const kind = /^["']/.test(part)
      ? "text"
      : /^\d/.test(part)
        ? "number"
        : WORDS[language].test(part)
          ? "word"
          : text[end] === "("
            ? "call"
            : "plain";
    if (kind === "plain") continue;
    if (match.index > plainFrom) tokens.push({ kind: "plain", text: text.slice(plainFrom, match.index) });
    tokens.push({ kind, text: part });
    plainFrom = end;
  }
  if (plainFrom < text.length) tokens.push({ kind: "plain", text: text.slice(plainFrom) });
  return tokens;
};
