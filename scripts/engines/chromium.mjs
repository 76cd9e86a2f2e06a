import { inPath, installDebianPackages } from "./system.mjs";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** The second is a font: a page without one is a page of boxes. */
const DEBIAN_PACKAGES = ["chromium", "fonts-dejavu-core"];

const find = () => process.env.FRESHET_CHROMIUM || BROWSERS.map(inPath).find(Boolean);

/** Chromium, for the pages: what the tests need of the environment, or what is missing. */
export const prepareChromium = async () => {
  if (!find()) await installDebianPackages(DEBIAN_PACKAGES);
  const chromium = find();
  if (chromium) return { env: { FRESHET_CHROMIUM: chromium } };
  return {
    missing: [
      "The browser tests need Chromium, and none was found.",
      `Debian, Ubuntu: apt-get install ${DEBIAN_PACKAGES.join(" ")}`,
      "Elsewhere: install Chromium or Chrome, or set FRESHET_CHROMIUM to its executable.",
    ],
  };
};
