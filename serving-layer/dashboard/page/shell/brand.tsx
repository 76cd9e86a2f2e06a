/** Settled and live, as two waves. */
export const Brand = () => (
  <a class="brand" href="/">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path class="brand-settled" d="M3 22c4.300 0 4.300-4 8.700-4s4.300 4 8.600 4 4.300-4 8.700-4" />
      <path class="brand-live" d="M3 13c4.300 0 4.300-4 8.700-4s4.300 4 8.600 4 4.300-4 8.700-4" />
    </svg>
    Freshet
  </a>
);
