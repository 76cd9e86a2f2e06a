import { useEffect, useMemo, useState } from "preact/hooks";
import { Segmented } from "../parts/segmented.js";
import { wholeNumber } from "../text/format.js";
import type { Letter } from "./answers.js";
import { fieldPaths } from "./bodyLines.js";
import { OutcomeView } from "./outcomeView.js";
import { chosen, filter } from "./question.js";
import { ReplayButtons } from "./replayButtons.js";
import { StepForm } from "./stepForm.js";
import { readSteps, type Step, suggestStep } from "./steps.js";
import { type Request, useReplay } from "./useReplay.js";

/** As many as one request takes. */
const LETTERS_AT_ONCE = 1_000;
const FIELDS_SHOWN_MAX = 200;

const requestOf = (which: string, from: string | null, mend: Request["mend"]): Request =>
  which === "chosen"
    ? { places: [...chosen.value], mend }
    : {
        filter: { ...filter.value, limit: LETTERS_AT_ONCE, ...(from === null ? {} : { after: from }) },
        mend,
      };

const suggestionFor = (letters: readonly Letter[], which: string): readonly Step[] => {
  const meant = which === "chosen" ? letters.filter(({ place }) => chosen.value.has(place)) : letters;
  return meant.flatMap((letter) => suggestStep(letter) ?? []).slice(0, 1);
};

/** The same change to many letters at once, by expressions of the metrics' language. */
export const MendMany = ({ letters, changed }: { letters: readonly Letter[]; changed: () => void }) => {
  const [wanted, setWanted] = useState("found");
  const [written, setWritten] = useState<readonly Step[] | null>(null);
  const [from, setFrom] = useState<string | null>(null);
  const which = chosen.value.size > 0 ? wanted : "found";
  const about = JSON.stringify(filter.value);
  // It stays while letters come in: what was tried would be another request.
  const suggested = useMemo(() => suggestionFor(letters, which), [about, which, letters.length > 0]);
  const steps = written ?? suggested;
  const read = readSteps(steps);
  useEffect(() => setFrom(null), [about, which]);
  useEffect(() => setWanted(chosen.value.size > 0 ? "chosen" : "found"), [chosen.value.size > 0]);
  const mend: Request["mend"] =
    read.kind === "fields" && read.fields.length > 0
      ? { kind: "set", fields: read.fields.map(({ path, value }) => ({ path: [...path], value })) }
      : { kind: "none" };
  const desk = useReplay(requestOf(which, from, mend), changed);
  const { result, dryRun } = desk.tried ?? {};
  const next = result?.kind === "answer" ? result.answer.next : null;
  const fields = [...new Set(letters.flatMap(({ body }) => fieldPaths(body)))].slice(0, FIELDS_SHOWN_MAX);
  return (
    <section class="card" aria-labelledby="mend-title">
      <header class="card-head">
        <div>
          <h2 id="mend-title">Mend many</h2>
          <p class="quiet">
            {chosen.value.size > 0
              ? "Each change reads the event as it came."
              : "The same change to all that are found, on every page; or choose some."}
          </p>
        </div>
        {chosen.value.size > 0 && (
          <Segmented
            name="mend-which"
            label="Which letters"
            options={[
              { value: "chosen", text: `${wholeNumber(chosen.value.size)} chosen` },
              { value: "found", text: "all found" },
            ]}
            value={which}
            choose={setWanted}
          />
        )}
      </header>
      <StepForm steps={steps} fields={fields} set={setWritten} />
      <ReplayButtons desk={desk} blocked={read.kind === "unready" ? `${read.says}.` : null} />
      {desk.tried && <OutcomeView tried={desk.tried} />}
      {next !== null && (
        <p class="quiet small">
          {wholeNumber(LETTERS_AT_ONCE)} letters go at a time, and there are more.{" "}
          <button type="button" class="link-button" onClick={() => setFrom(next)}>
            {dryRun === true ? "Look at the next" : "Go on with the next"}
          </button>
        </p>
      )}
    </section>
  );
};
