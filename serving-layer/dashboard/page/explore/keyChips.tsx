import type { KeyValues } from "@freshet/model";
import { useState } from "preact/hooks";
import { KeyLabel } from "../parts/keyLabel.js";
import { keyText } from "../text/format.js";
import { addKey, keyNames, keys, KEYS_MAX, metric, removeKey } from "./question.js";
import { suggested } from "./suggested.js";

const SUGGESTED_MAX = 200;

/** Values of a dimension among the keys of the last day, those first whose other values fit what was typed. */
const valuesOf = (dimension: string, typed: Readonly<Record<string, string>>): readonly string[] => {
  const fits = (key: KeyValues): boolean =>
    Object.entries(typed).every(
      ([name, text]) => name === dimension || text === "" || String(key[name]) === text,
    );
  const values = suggested.value.filter(fits).flatMap((key) => key[dimension] ?? []);
  return [...new Set(values.map(String))].slice(0, SUGGESTED_MAX);
};

const typedValue = (type: string, text: string): KeyValues[string] => {
  if (type === "integer" || type === "number") return Number(text);
  return type === "boolean" ? text === "true" : text;
};

/** A whole key, dimension by dimension. */
const KeyForm = ({ close }: { close: () => void }) => {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const dimensions = metric.value?.dimensions ?? [];
  return (
    <form
      class="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        addKey(
          Object.fromEntries(dimensions.map(({ name, type }) => [name, typedValue(type, typed[name] ?? "")])),
        );
        close();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      {dimensions.map(({ name }, index) => (
        <label key={name} class="select">
          <span class="select-label">{name}</span>
          <input
            list={`values-${name}`}
            required
            autofocus={index === 0}
            value={typed[name] ?? ""}
            onInput={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
          />
          <datalist id={`values-${name}`}>
            {valuesOf(name, typed).map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
        </label>
      ))}
      <button type="submit" class="primary">
        Add
      </button>
      <button type="button" class="button" onClick={close}>
        Cancel
      </button>
    </form>
  );
};

/** The keys that are drawn, each with the number and the colour of its line. */
export const KeyChips = () => {
  const [adding, setAdding] = useState(false);
  const shown = keys.value;
  const dimensions = metric.value?.dimensions.length ?? 0;
  if (dimensions === 0) return null;
  return (
    <div class="key-chips">
      {shown.length > 1 && (
        <ul aria-label="Keys">
          {shown.map((key, index) => (
            <li key={keyNames.value[index]} class="key-chip">
              <span class={`key-number key-${index + 1}`} aria-hidden="true">
                {index + 1}
              </span>
              <KeyLabel value={key} />
              <button
                type="button"
                aria-label={`Take away ${keyText(key)}`}
                onClick={() => removeKey(keyNames.value[index] ?? "")}
              >
                <span aria-hidden="true">✕</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {adding ? (
        <KeyForm close={() => setAdding(false)} />
      ) : (
        <button
          type="button"
          class="button"
          disabled={shown.length >= KEYS_MAX}
          title={shown.length >= KEYS_MAX ? `At most ${KEYS_MAX} keys at once` : "Draw another key beside"}
          onClick={() => setAdding(true)}
        >
          <span aria-hidden="true">+</span> Key
        </button>
      )}
    </div>
  );
};
