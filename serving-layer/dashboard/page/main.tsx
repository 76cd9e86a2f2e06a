import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/page.css";
import { App } from "./app.js";
import { openPage } from "./route/opened.js";
import { PAGES } from "./route/pages.js";
import { followLinks, open, returnTo, route } from "./route/route.js";
import { shortcutListShown } from "./shell/shortcutList.js";
import { startClock } from "./state/clock.js";
import { startAsking } from "./state/server.js";
import { addShortcuts, followKeys } from "./state/shortcuts.js";
import { nextTheme } from "./state/theme.js";

const place = document.getElementById("app");
if (place) {
  openPage(route.value.page);
  place.replaceChildren();
  render(<App />, place);
  startClock();
  startAsking();
  followLinks();
  followKeys();
  addShortcuts([
    { key: "?", text: "This list", run: () => (shortcutListShown.value = true) },
    ...PAGES.map(({ name, title }, index) => ({
      key: String(index + 1),
      text: title,
      run: () => void open(returnTo(name)),
    })),
    { key: "t", text: "Dark or light", run: nextTheme },
  ]);
}
