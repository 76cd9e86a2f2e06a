import { createTrendsElement } from "./element.js";

const NAME = "freshet-trends";
// Null in a module: `src` says then where the server is.
const script = document.currentScript as HTMLScriptElement | null;
const home = new URL(script?.src || location.href).origin;

if (!customElements.get(NAME)) customElements.define(NAME, createTrendsElement(home));
