interface Option {
  readonly value: string;
  readonly text: string;
}

/** One of a few, as radio buttons: arrow keys move between them. */
export const Segmented = (props: {
  name: string;
  label: string;
  options: readonly Option[];
  value: string;
  choose: (value: string) => void;
}) => (
  <fieldset class="segmented">
    <legend class="unseen">{props.label}</legend>
    {props.options.map(({ value, text }) => (
      <label key={value}>
        <input
          type="radio"
          name={props.name}
          value={value}
          checked={value === props.value}
          onChange={() => props.choose(value)}
        />
        <span>{text}</span>
      </label>
    ))}
  </fieldset>
);

export const Select = (props: {
  label: string;
  options: readonly Option[];
  value: string;
  choose: (value: string) => void;
}) => (
  <label class="select">
    <span class="select-label">{props.label}</span>
    <select value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
      {props.options.map(({ value, text }) => (
        <option key={value} value={value} selected={value === props.value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);
