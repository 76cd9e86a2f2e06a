import { IconButton } from "../parts/iconButton.js";
import { Select } from "../parts/segmented.js";
import { EMPTY_STEP, type Step, STEP_KINDS, type StepKind, STEP_WORDS, type StepType } from "./steps.js";

const CROSS = "M6 6l12 12M18 6 6 18";
const FIELDS_ID = "letter-fields";
const TYPES: readonly { readonly value: StepType; readonly text: string }[] = [
  { value: "string", text: "text" },
  { value: "integer", text: "integer" },
  { value: "number", text: "number" },
  { value: "boolean", text: "true or false" },
];

const TextInput = (props: {
  label: string;
  value: string;
  change: (value: string) => void;
  list?: string;
  placeholder?: string;
}) => (
  <label class="select">
    <span class="select-label">{props.label}</span>
    <input
      value={props.value}
      list={props.list}
      placeholder={props.placeholder}
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => props.change(event.currentTarget.value)}
    />
  </label>
);

const ValueInput = ({ step, change }: { step: Step; change: (part: Partial<Step>) => void }) =>
  step.type === "boolean" ? (
    <Select
      label="Value"
      options={[
        { value: "true", text: "true" },
        { value: "false", text: "false" },
      ]}
      value={step.value === "true" ? "true" : "false"}
      choose={(value) => change({ value })}
    />
  ) : (
    <TextInput
      label="Value"
      value={step.value}
      placeholder={step.type === "string" ? "(empty)" : "0"}
      change={(value) => change({ value })}
    />
  );

const StepRow = (props: {
  step: Step;
  index: number;
  change: (part: Partial<Step>) => void;
  remove: () => void;
}) => {
  const { step, index, change } = props;
  const { kind } = step;
  const typed = kind === "set" || kind === "default" || kind === "rename";
  return (
    <li class="step" aria-label={`Change ${index + 1}`}>
      <Select
        label="Change"
        options={STEP_KINDS.map((value) => ({ value, text: STEP_WORDS[value] }))}
        value={kind}
        choose={(value) => change({ kind: value as StepKind })}
      />
      <TextInput
        label="Field"
        value={step.field}
        list={FIELDS_ID}
        placeholder="such as page.title"
        change={(field) => change({ field })}
      />
      {kind === "rename" && <TextInput label="to" value={step.to} change={(to) => change({ to })} />}
      {typed && (
        <Select
          label="as"
          options={TYPES}
          value={step.type}
          choose={(type) => change({ type: type as StepType })}
        />
      )}
      {(kind === "set" || kind === "default") && <ValueInput step={step} change={change} />}
      <IconButton name={`Take change ${index + 1} away`} path={CROSS} press={props.remove} />
    </li>
  );
};

/** What is done to each letter, one line a field. */
export const StepForm = (props: {
  steps: readonly Step[];
  fields: readonly string[];
  set: (steps: readonly Step[]) => void;
}) => {
  const { steps, set } = props;
  return (
    <>
      <datalist id={FIELDS_ID}>
        {props.fields.map((field) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      <ol class="steps">
        {steps.map((step, index) => (
          <StepRow
            key={index}
            step={step}
            index={index}
            change={(part) => set(steps.map((one, at) => (at === index ? { ...one, ...part } : one)))}
            remove={() => set(steps.filter((_, at) => at !== index))}
          />
        ))}
      </ol>
      {steps.length === 0 && (
        <p class="quiet small">Nothing is changed: right where the app has changed since they came.</p>
      )}
      <button type="button" class="button" onClick={() => set([...steps, EMPTY_STEP])}>
        Add a change
      </button>
    </>
  );
};
