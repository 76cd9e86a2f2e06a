import { useState } from "preact/hooks";
import type { Problem } from "../net/ask.js";
import { accessKey } from "../state/accessKey.js";

export const Skeleton = ({ rows }: { rows: number }) => (
  <div class="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: rows }, (_, index) => (
      <span key={index} class="skeleton-row" />
    ))}
  </div>
);

export const Empty = () => (
  <div class="state">
    <p class="state-title">Nothing in this window yet</p>
    <p>
      Rows appear as soon as events come in. Send one to <code>POST /v1/events</code>, or feed a file with{" "}
      <code>freshet replay FILE</code>.
    </p>
  </div>
);

export const Refused = ({ problem }: { problem: Problem }) => (
  <div class="state" role="alert">
    <p class="state-title">{problem.title}</p>
    <p>{problem.detail}</p>
  </div>
);

/** Where a server asks for a key. */
export const KeyForm = () => {
  const [text, setText] = useState("");
  return (
    <main class="gate card">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          accessKey.value = text;
          location.reload();
        }}
      >
        <h1>This server asks for a key</h1>
        <p class="quiet">It stays in this tab and is forgotten with it.</p>
        <label class="gate-label">
          Key
          <input
            type="password"
            autocomplete="off"
            required
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          Open
        </button>
      </form>
    </main>
  );
};
