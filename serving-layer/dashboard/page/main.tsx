import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/page.css";
import { App } from "./app.js";
import { startAsking } from "./state/answers.js";
import { startClock } from "./state/clock.js";
import { startSparklines } from "./state/sparklines.js";

const place = document.getElementById("app");
if (place) {
  place.replaceChildren();
  render(<App />, place);
  startClock();
  startAsking();
  startSparklines();
}
