import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const NAME = "freshet-theme";
const THEMES: readonly Theme[] = ["system", "light", "dark"];

const stored = localStorage.getItem(NAME) as Theme | null;
export const theme = signal<Theme>(stored !== null && THEMES.includes(stored) ? stored : "system");

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const prefersDark = signal(systemDark.matches);
systemDark.addEventListener("change", (event) => {
  prefersDark.value = event.matches;
});

/** What is shown: charts are drawn anew when it changes. */
export const isDark = (): boolean => (theme.value === "system" ? prefersDark.value : theme.value === "dark");

effect(() => {
  localStorage.setItem(NAME, theme.value);
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
});

export const nextTheme = (): void => {
  theme.value = isDark() ? "light" : "dark";
};
