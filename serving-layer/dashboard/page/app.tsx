import { ShortcutList } from "./shell/shortcutList.js";
import { Header } from "./shell/header.js";
import { KeyForm } from "./shell/keyForm.js";
import { PagePlace } from "./shell/pagePlace.js";
import { announcement } from "./state/announce.js";
import { trouble } from "./state/server.js";

export const App = () => {
  if (typeof trouble.value === "object" && trouble.value?.status === 401) return <KeyForm />;
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
