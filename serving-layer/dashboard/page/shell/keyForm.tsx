import { useState } from "preact/hooks";
import { accessKey } from "../state/accessKey.js";

/** Where a server asks for a key. */
export const KeyForm = () => {
  const [text, setText] = useState("");
  const refused = accessKey.value !== null;
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
        {refused && (
          <p class="alarm" role="alert">
            The key that was given is not, or no longer, one of this server.
          </p>
        )}
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
