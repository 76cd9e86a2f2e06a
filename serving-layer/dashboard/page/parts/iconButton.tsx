/** A button that is a picture; its name is read out and shown on hover. */
export const IconButton = (props: { name: string; path: string; press: () => void; pressed?: boolean }) => (
  <button
    type="button"
    class="icon-button"
    onClick={props.press}
    aria-label={props.name}
    aria-pressed={props.pressed}
    title={props.name}
  >
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={props.path} />
    </svg>
  </button>
);
