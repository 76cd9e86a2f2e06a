import { useState } from "preact/hooks";
import type { Problem } from "../net/ask.js";
import { accessKey, keyWanted } from "../state/accessKey.js";

const UNAUTHORIZED = 401;

const whyText = ({ status, detail }: Problem): string =>
  status === UNAUTHORIZED
    ? "The key that was given is not, or no longer, one of this server."
    : `The key that was given is not enough. ${detail}`;

/** Where a server asks for a key, or for one that allows more. */
export const KeyForm = ({ refused }: { refused: Problem | null }) => {
  const [text, setText] = useState("");
  const given = accessKey.value !== null;
  return (
    <main class="gate card">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          accessKey.value = text;
          location.reload();
        }}
      >
        <h1>{refused === null ? "Another key" : "This server asks for a key"}</h1>
        {refused !== null && given && (
          <p class="alarm" role="alert">
            {whyText(refused)}
          </p>
        )}
        <p class="quiet">It stays in this tab and is forgotten with it.</p>
        <label class="gate-label">
          Key
          <input
            type="password"
            autocomplete="off"
            required
            autofocus
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <div class="gate-buttons">
          <button type="submit" class="primary">
            Open
          </button>
          {refused === null && (
            <button
              type="button"
              class="button"
              onClick={() => {
                keyWanted.value = false;
              }}
            >
              Cancel
            </button>
          )}
        </div>
      </form>
    </main>
  );
};
