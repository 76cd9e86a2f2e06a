import { useState } from "preact/hooks";
import type { Letter } from "./answers.js";
import { readBody } from "./bodyLines.js";
import { OutcomeView } from "./outcomeView.js";
import { ReplayButtons } from "./replayButtons.js";
import { useReplay } from "./useReplay.js";

const ROWS_MAX = 18;

const pretty = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

const saysOf = (text: string): string | null => {
  const body = readBody(text, null);
  if (body.kind === "broken") return `Not JSON yet: ${body.says}`;
  return text.trimStart().startsWith("{") ? null : "An event is one JSON object.";
};

/** The event written anew, tried and replayed. */
export const MendBody = ({ letter, changed }: { letter: Letter; changed: () => void }) => {
  const before = pretty(letter.body);
  const [text, setText] = useState(before);
  const blocked = saysOf(text);
  const desk = useReplay({ places: [letter.place], mend: { kind: "body", body: text } }, changed);
  return (
    <details class="mend-body">
      <summary>Mend this one</summary>
      <label class="field-label">
        Body
        <textarea
          class="code-area"
          spellcheck={false}
          autocomplete="off"
          rows={Math.min(ROWS_MAX, before.split("\n").length + 1)}
          value={text}
          aria-invalid={blocked !== null}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {text !== before && (
        <button type="button" class="link-button" onClick={() => setText(before)}>
          As it was
        </button>
      )}
      <ReplayButtons desk={desk} blocked={blocked} />
      {desk.tried && <OutcomeView tried={desk.tried} />}
    </details>
  );
};
