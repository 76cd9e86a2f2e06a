import { useEffect, useState } from "preact/hooks";
import { Select } from "../parts/segmented.js";
import { REASON_NAMES, REASON_WORDS } from "../text/reasons.js";
import { filter, narrow } from "./question.js";

const TYPING_MS = 300;

/** A text that is searched for when the typing rests. */
const TextFilter = (props: { label: string; name: "type" | "text"; width?: string }) => {
  const asked = filter.value[props.name] ?? "";
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    if (text === asked) return;
    const timer = setTimeout(() => narrow({ [props.name]: text === "" ? null : text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="select">
      <span class="select-label">{props.label}</span>
      <input
        type="search"
        value={text}
        placeholder="any"
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
};

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** An instant as `datetime-local` shows it, in the reader's own zone. */
const localText = (iso: string | undefined): string => {
  const at = new Date(iso ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const day = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return `${day}T${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
};

const TimeFilter = ({ label, name }: { label: string; name: "from" | "to" }) => (
  <label class="select select-wide">
    <span class="select-label">{label}</span>
    <input
      type="datetime-local"
      class="time-input"
      value={localText(filter.value[name])}
      onChange={({ currentTarget: { value } }) => {
        narrow({ [name]: value === "" ? null : new Date(value).toISOString() });
      }}
    />
  </label>
);

const REPLAYED = [
  { value: "", text: "or not" },
  { value: "false", text: "not yet" },
  { value: "true", text: "already" },
] as const;

export const FilterBar = () => (
  <search class="questions letters-ask">
    <Select
      label="Reason"
      options={[
        { value: "", text: "any" },
        ...REASON_NAMES.map((name) => ({ value: name, text: REASON_WORDS[name].title.toLowerCase() })),
      ]}
      value={filter.value.reason ?? ""}
      choose={(reason) => narrow({ reason: reason === "" ? null : reason })}
    />
    <Select
      label="Replayed"
      options={REPLAYED}
      value={filter.value.replayed === undefined ? "" : String(filter.value.replayed)}
      choose={(replayed) => narrow({ replayed: replayed === "" ? null : replayed })}
    />
    <TextFilter label="Type" name="type" />
    <TextFilter label="Holds" name="text" />
    <TimeFilter label="Arrived from" name="from" />
    <TimeFilter label="to" name="to" />
    {Object.keys(filter.value).length > 0 && (
      <button
        type="button"
        class="button"
        onClick={() => narrow({ reason: null, type: null, text: null, from: null, to: null, replayed: null })}
      >
        Clear
      </button>
    )}
  </search>
);
