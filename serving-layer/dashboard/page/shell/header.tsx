import { IconButton } from "../parts/iconButton.js";
import { isDark, nextTheme } from "../state/theme.js";
import { Brand } from "./brand.js";
import { Connection } from "./connection.js";
import { Navigation } from "./navigation.js";
import { shortcutListShown } from "./shortcutList.js";

const SUN =
  "M12 4V2m0 20v-2M4 12H2m20 0h-2M6.300 6.300 4.900 4.900m14.200 14.200-1.400-1.400M6.300 17.700l-1.400 1.400M19.100 4.900l-1.400 1.400M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9Z";
const MOON = "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z";
const KEYBOARD = "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 14.500h8";

export const Header = () => (
  <header class="top">
    <Brand />
    <Navigation />
    <Connection />
    <div class="top-buttons">
      <IconButton
        name="Keyboard"
        path={KEYBOARD}
        press={() => {
          shortcutListShown.value = true;
        }}
      />
      <IconButton
        name={isDark() ? "Light theme" : "Dark theme"}
        path={isDark() ? SUN : MOON}
        press={nextTheme}
      />
    </div>
  </header>
);
