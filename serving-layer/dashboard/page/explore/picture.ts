const MARGIN_PX = 24;
const LINE_PX = 22;

/** The charts below each other, with what they are about, as one PNG. */
export const pictureOf = (
  charts: readonly { readonly title: string; readonly canvas: HTMLCanvasElement }[],
  lines: readonly { readonly text: string; readonly color: string }[],
  colors: { readonly surface: string; readonly text: string },
): Promise<Blob | null> => {
  const ratio = devicePixelRatio;
  const margin = MARGIN_PX * ratio;
  const line = LINE_PX * ratio;
  const head = margin + lines.length * line;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(...charts.map((chart) => chart.canvas.width)) + 2 * margin;
  canvas.height = head + charts.reduce((sum, chart) => sum + chart.canvas.height + line, 0) + margin;
  const context = canvas.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.fillStyle = colors.surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "top";
  context.font = `600 ${14 * ratio}px system-ui, sans-serif`;
  lines.forEach(({ text, color }, index) => {
    context.fillStyle = color;
    context.fillText(text, margin, margin + index * line);
  });
  let top = head;
  for (const { title, canvas: chart } of charts) {
    context.fillStyle = colors.text;
    context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
    context.fillText(title, margin, top);
    context.drawImage(chart, margin, top + line);
    top += chart.height + line;
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
};
