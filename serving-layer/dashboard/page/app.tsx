import { ShortcutList } from "./shell/shortcutList.js";
import { Header } from "./shell/header.js";
import { KeyForm } from "./shell/keyForm.js";
import { PagePlace } from "./shell/pagePlace.js";
import { asksForKey } from "./net/ask.js";
import { keyWanted } from "./state/accessKey.js";
import { announcement } from "./state/announce.js";
import { refusal } from "./state/server.js";

export const App = () => {
  const refused = refusal.value !== null && asksForKey(refusal.value) ? refusal.value : null;
  if (refused !== null || keyWanted.value) return <KeyForm refused={refused} />;
  return (
    <>
      <a class="skip" href="#main">
        To the page
      </a>
      <Header />
      <PagePlace />
      <ShortcutList />
      <p class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </>
  );
};
