import { Empty } from "../parts/states.js";
import { wholeNumber } from "../text/format.js";
import { arrivalText } from "./times.js";
import { REASON_WORDS } from "../text/reasons.js";
import type { Letter, Letters } from "./answers.js";
import { choose, chosen, filter, hasNewer, looked, newer, older } from "./question.js";

const LetterRow = ({ letter }: { letter: Letter }) => {
  const isLooked = looked.value?.place === letter.place;
  const title = REASON_WORDS[letter.reason].title;
  return (
    <tr class="letter-row" data-looked={isLooked || undefined}>
      <td>
        <input
          type="checkbox"
          aria-label={`Choose the letter of ${arrivalText(letter.arrival)}: ${letter.detail}`}
          checked={chosen.value.has(letter.place)}
          onChange={({ currentTarget: { checked } }) => choose([letter.place], checked)}
        />
      </td>
      <td class="letter-when">{arrivalText(letter.arrival)}</td>
      <td class="letter-what">
        <button
          type="button"
          class="letter-open"
          aria-pressed={isLooked}
          onClick={() => {
            looked.value = isLooked ? null : letter;
          }}
        >
          <span class="reason">{title}</span> <span class="letter-detail">{letter.detail}</span>
        </button>
      </td>
      <td class="letter-type">
        {letter.type ?? <span class="quiet">no type</span>}
        {letter.replay && <span class="mark-replayed">replayed</span>}
      </td>
    </tr>
  );
};

const Pages = ({ next }: { next: string | null }) => (
  <nav class="pager" aria-label="Pages of letters">
    <button type="button" class="button" disabled={!hasNewer.value} onClick={newer}>
      Newer
    </button>
    <button
      type="button"
      class="button"
      disabled={next === null}
      onClick={() => next !== null && older(next)}
    >
      Older
    </button>
  </nav>
);

/** A page of the letters that were found. */
export const LetterList = ({ found }: { found: Letters }) => {
  const { letters, total, next } = found;
  const places = letters.map(({ place }) => place);
  const all = places.length > 0 && places.every((place) => chosen.value.has(place));
  const some = places.some((place) => chosen.value.has(place));
  if (letters.length === 0) {
    return total === 0 ? (
      <Empty title="No dead letters">
        Every event could be counted. One that cannot comes here with its reason, and can be mended.
      </Empty>
    ) : (
      <>
        <Empty title="None of them is so">
          {wholeNumber(total)} letters are kept
          {Object.keys(filter.value).length > 0
            ? "; the search leaves none of them."
            : "; none on this page."}
        </Empty>
        {hasNewer.value && <Pages next={next} />}
      </>
    );
  }
  return (
    <>
      <div class="table-scroll letter-scroll">
        <table class="letter-table">
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label="Choose all of this page"
                  checked={all}
                  ref={(box) => {
                    if (box) box.indeterminate = some && !all;
                  }}
                  onChange={({ currentTarget: { checked } }) => choose(places, checked)}
                />
              </th>
              <th scope="col">Arrived</th>
              <th scope="col">What is wrong</th>
              <th scope="col">Type</th>
            </tr>
          </thead>
          <tbody>
            {letters.map((letter) => (
              <LetterRow key={letter.place} letter={letter} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="list-foot">
        <p class="quiet small">
          {letters.length} on this page · {wholeNumber(total)} kept in all
        </p>
        <Pages next={next} />
      </div>
    </>
  );
};
