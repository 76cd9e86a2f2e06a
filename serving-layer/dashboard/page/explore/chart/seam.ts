import type uPlot from "uplot";
import { faded, type Palette } from "../../parts/chart/palette.js";

const LABEL_PX = 11;

/** The seam: where batch ends. To its right the ground is tinted. */
export const drawSeam = (chart: uPlot, palette: Palette, seamSeconds: number | null): void => {
  const { ctx: context, bbox } = chart;
  const ratio = devicePixelRatio;
  const [min, max] = [chart.scales["x"]?.min ?? 0, chart.scales["x"]?.max ?? 0];
  const at = seamSeconds === null || seamSeconds < min ? min : seamSeconds;
  if (at > max) return;
  const x = Math.round(chart.valToPos(at, "x", true));
  context.save();
  context.fillStyle = faded(palette.live, 0.09);
  context.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
  if (seamSeconds !== null && seamSeconds >= min) {
    context.strokeStyle = palette.live;
    context.lineWidth = 1.5 * ratio;
    context.setLineDash([2 * ratio, 4 * ratio]);
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x, bbox.top + bbox.height);
    context.stroke();
    context.setLineDash([]);
    context.font = `600 ${LABEL_PX * ratio}px system-ui, sans-serif`;
    context.textBaseline = "bottom";
    context.fillStyle = palette.settled;
    context.textAlign = "right";
    if (x - bbox.left > 60 * ratio) context.fillText("settled", x - 7 * ratio, bbox.top - 4 * ratio);
    context.fillStyle = palette.live;
    context.textAlign = "left";
    if (bbox.left + bbox.width - x > 32 * ratio)
      context.fillText("live", x + 7 * ratio, bbox.top - 4 * ratio);
  }
  context.restore();
};
