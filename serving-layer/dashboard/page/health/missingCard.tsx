import type { StatusAnswer } from "../../../reader/reader.js";
import { missingText } from "../parts/missingText.js";
import { wholeNumber } from "../text/format.js";

const SHOWN_MAX = 12;

/** What answers lack, each by its name; nothing is shown while they lack nothing. */
export const MissingCard = ({ status }: { status: StatusAnswer }) => {
  const { missing, disagreements } = status;
  const nowMs = Date.parse(status.now);
  const held = disagreements.map(
    ({ shard, tick, ordinal }) =>
      `${shard} is held back at segment ${tick}.${ordinal}: speed and batch count differently`,
  );
  const texts = [...new Set([...held, ...missing.map((each) => missingText(each, nowMs))])];
  if (texts.length === 0) return null;
  return (
    <section class="card wide missing" aria-labelledby="missing-title">
      <header class="card-head">
        <div>
          <h2 id="missing-title">Missing</h2>
          <p class="quiet">Answers that reach into this say that they are partial.</p>
        </div>
        <span class="verdict verdict-bad">
          <span aria-hidden="true">!</span> {wholeNumber(texts.length)} missing
        </span>
      </header>
      <ul class="alarms">
        {texts.slice(0, SHOWN_MAX).map((text) => (
          <li key={text} class="alarm">
            {text}
          </li>
        ))}
        {texts.length > SHOWN_MAX && <li class="alarm">and {wholeNumber(texts.length - SHOWN_MAX)} more</li>}
      </ul>
    </section>
  );
};
