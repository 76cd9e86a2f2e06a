import type { Letter } from "./answers.js";
import { type BodyLine, readBody } from "./bodyLines.js";
import { faultPath } from "./fault.js";

const INDENT_REM = 1.1;
/** As long as letters are kept: a longer body is cut. */
const BODY_BYTES_MAX = 64 * 1024;

const Line = ({ line }: { line: BodyLine }) => (
  <div
    class="body-line"
    data-fault={line.fault ?? undefined}
    style={{ paddingLeft: `${line.depth * INDENT_REM + 0.6}rem` }}
  >
    {line.parts.map(({ kind, text }, index) => (
      <span key={index} class={`json-${kind}`}>
        {text}
      </span>
    ))}
    {line.fault === "absent" && <span class="json-absent">nothing is here</span>}
    {line.fault !== null && <span class="unseen"> (this is what is wrong)</span>}
  </div>
);

/** The event as it came, with what is wrong in its place. */
export const BodyView = ({ letter }: { letter: Letter }) => {
  const body = readBody(letter.body, faultPath(letter));
  const cut = new TextEncoder().encode(letter.body).length >= BODY_BYTES_MAX;
  return (
    <>
      <div class="body-view" role="region" aria-label="The event as it came" tabIndex={0}>
        {body.kind === "json" ? (
          body.lines.map((line, index) => <Line key={index} line={line} />)
        ) : (
          <div class="body-line body-broken">
            {body.text.slice(0, body.offset ?? body.text.length)}
            {body.offset !== null && (
              <mark>{body.text.slice(body.offset, body.offset + 1) || "⏎ ends here"}</mark>
            )}
            {body.offset !== null && body.text.slice(body.offset + 1)}
          </div>
        )}
      </div>
      {body.kind === "broken" && <p class="quiet small">{body.says}</p>}
      {cut && <p class="quiet small">The event was longer: only its first 64 KiB are kept.</p>}
    </>
  );
};
