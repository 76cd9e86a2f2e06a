const HEIGHT = 100;
const WIDTH = 300;

/** A line over the last minutes, without axes; a gap where nothing is known. */
export const Trace = (props: { values: readonly (number | null)[]; most: number; class?: string }) => {
  const { values, most } = props;
  const x = (index: number): number => (index / Math.max(1, values.length - 1)) * WIDTH;
  const y = (value: number): number => HEIGHT - 4 - (value / Math.max(1e-9, most)) * (HEIGHT - 10);
  let pen = false;
  let path = "";
  values.forEach((value, index) => {
    if (value !== null) path += `${pen ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = value !== null;
  });
  return (
    <svg
      class={`trace ${props.class ?? ""}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.length > 1 && <path d={path} />}
    </svg>
  );
};
