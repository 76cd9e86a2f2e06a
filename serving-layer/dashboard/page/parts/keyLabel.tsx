import type { KeyValues } from "@freshet/model";
import { dimensionText } from "../text/format.js";

/** A key: its first dimension as the name, the others beside it. */
export const KeyLabel = ({ value }: { value: KeyValues }) => {
  const [first, ...others] = Object.entries(value);
  return (
    <span class="key">
      <span class={first?.[1] === null ? "key-name key-none" : "key-name"}>
        {first ? dimensionText(first[1]) : "all"}
      </span>
      {others.map(([name, of]) => (
        <span key={name} class="key-tag" title={name}>
          {dimensionText(of)}
        </span>
      ))}
    </span>
  );
};
