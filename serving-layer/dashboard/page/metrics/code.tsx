import { useState } from "preact/hooks";
import { announce } from "../state/announce.js";
import { type Language, tokensOf } from "./tokens.js";

const COPIED_SHOWN_MS = 2_000;

/** A text in a language, to be read and copied. */
export const Code = ({ text, language, label }: { text: string; language: Language; label: string }) => {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    announce("Copied");
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
  };
  return (
    <div class="code-place">
      <pre class="code" tabIndex={0} role="region" aria-label={label}>
        {tokensOf(text, language).map(({ kind, text: part }, index) =>
          kind === "plain" ? (
            part
          ) : (
            <span key={index} class={`code-${kind}`}>
              {part}
            </span>
          ),
        )}
      </pre>
      <button
        type="button"
        class="button code-copy"
        aria-label={`Copy: ${label}`}
        onClick={() => void copy()}
      >
        {copied ? "Copied" : "Copy"}
      </button>
    </div>
  );
};
