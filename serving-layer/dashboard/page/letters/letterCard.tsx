import { useEffect, useRef } from "preact/hooks";
import { IconButton } from "../parts/iconButton.js";
import { shortShard } from "../parts/missingText.js";
import { REASON_WORDS } from "../text/reasons.js";
import type { Letter } from "./answers.js";
import { BodyView } from "./bodyView.js";
import { MendBody } from "./mendBody.js";
import { looked } from "./question.js";
import { arrivalText } from "./times.js";

const CROSS = "M6 6l12 12M18 6 6 18";

const Facts = ({ letter }: { letter: Letter }) => {
  const { shard, sequence, subsequence, arrival, type, id, time, replay } = letter;
  const position = `${sequence.replace(/^0+(?=.)/, "")}${subsequence > 0 ? ` · ${subsequence}` : ""}`;
  const facts: readonly (readonly [string, string])[] = [
    ["Arrived", arrivalText(arrival)],
    ["Its time", time === null ? "none that can be read" : arrivalText(time)],
    ["Type", type ?? "none"],
    ["Id", id ?? "none: its position becomes it"],
    ["Position", `${shortShard(shard)}, ${position}`],
    ...(replay ? [["Replayed", arrivalText(replay.at)] as const] : []),
  ];
  return (
    <dl class="letter-facts">
      {facts.map(([name, value]) => (
        <div key={name} class="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

/** One letter: what is wrong and where, and its body to be edited. */
export const LetterCard = ({ letter, changed }: { letter: Letter; changed: () => void }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const top = heading.current?.getBoundingClientRect().top ?? 0;
    if (top < 0 || top > innerHeight) heading.current?.scrollIntoView({ block: "center" });
  }, [letter.place]);
  const { title, means } = REASON_WORDS[letter.reason];
  return (
    <section class="card" aria-labelledby="letter-title">
      <header class="card-head">
        <div>
          <h2 id="letter-title" ref={heading}>
            {title}
          </h2>
          <p class="quiet">{means}</p>
        </div>
        <IconButton
          name="Close the letter"
          path={CROSS}
          press={() => {
            looked.value = null;
          }}
        />
      </header>
      <p class="letter-says">{letter.detail}</p>
      <BodyView letter={letter} />
      <Facts letter={letter} />
      <MendBody key={letter.place} letter={letter} changed={changed} />
    </section>
  );
};
