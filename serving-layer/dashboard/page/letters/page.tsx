import { useEffect, useRef } from "preact/hooks";
import { Shown } from "../parts/states.js";
import { usePolled } from "../state/polled.js";
import { useShortcuts } from "../state/shortcuts.js";
import type { Letter, Letters, Replay } from "./answers.js";
import { FilterBar } from "./filterBar.js";
import { LetterCard } from "./letterCard.js";
import { LetterList } from "./letterList.js";
import { MendMany } from "./mendMany.js";
import { lettersPath, looked } from "./question.js";
import { Replays } from "./replays.js";

const LETTERS_EVERY_MS = 3_000;
const REPLAYS_EVERY_MS = 10_000;

/** Looks at the letter beside the one that is looked at. */
const step = (letters: readonly Letter[], by: number): void => {
  const at = letters.findIndex(({ place }) => place === looked.value?.place);
  const next = letters[at < 0 ? 0 : Math.max(0, Math.min(letters.length - 1, at + by))];
  if (next) looked.value = next;
};

export const LettersPage = () => {
  const found = usePolled<Letters>(lettersPath.value, LETTERS_EVERY_MS);
  const replays = usePolled<{ readonly replays: readonly Replay[] }>(
    "/v1/dead-letters/replays?limit=20",
    REPLAYS_EVERY_MS,
  );
  const letters = found.polled.value.answer?.letters ?? [];
  const shown = useRef(letters);
  shown.current = letters;
  // What is written in the form stays while another page of letters is asked for.
  const everFound = useRef(false);
  everFound.current ||= letters.length > 0;
  useShortcuts([
    { key: "j", text: "The next letter", run: () => step(shown.current, 1) },
    { key: "k", text: "The letter before", run: () => step(shown.current, -1) },
  ]);
  useEffect(
    () => () => {
      looked.value = null;
    },
    [],
  );
  const changed = (): void => {
    found.again();
    replays.again();
  };
  const fresh = letters.find(({ place }) => place === looked.value?.place) ?? looked.value;
  return (
    <div class="page">
      <FilterBar />
      <div class="letters" data-looking={fresh !== null || undefined}>
        <section class="card letters-found" aria-label="Letters found">
          <Shown polled={found.polled.value} rows={8}>
            {(answer) => <LetterList found={answer} />}
          </Shown>
        </section>
        <div class="letters-side">
          {fresh && <LetterCard letter={fresh} changed={changed} />}
          {everFound.current && <MendMany letters={letters} changed={changed} />}
          <Replays polled={replays.polled.value} />
        </div>
      </div>
    </div>
  );
};
