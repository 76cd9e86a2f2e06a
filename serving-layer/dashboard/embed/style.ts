/** The page's colours: settled is blue, live orange, partial pink; each says so in words too. */
const LIGHT = `
  --freshet-surface: #ffffff; --freshet-line: #e1e6ed; --freshet-text: #131a22; --freshet-quiet: #576373; --freshet-bar: #e3f0fb;
  --freshet-settled: #0a66b0; --freshet-live: #a85300; --freshet-partial: #a8246b; --freshet-scheme: light;`;
const DARK = `
  --freshet-surface: #131a22; --freshet-line: #26313d; --freshet-text: #e7edf4; --freshet-quiet: #93a2b3; --freshet-bar: #12304a;
  --freshet-settled: #5db4f7; --freshet-live: #f4a742; --freshet-partial: #f186ba; --freshet-scheme: dark;`;

export const STYLE = `
:host { display: block; ${LIGHT} }
:host([theme="dark"]) { ${DARK} }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
:host([hidden]) { display: none; }
section {
  color-scheme: var(--freshet-scheme); background: var(--freshet-surface); color: var(--freshet-text);
  border: 1px solid var(--freshet-line); border-radius: 12px; padding: 14px 16px; overflow: hidden;
  font: 15px/1.45 Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header { display: flex; align-items: baseline; gap: 8px; margin-bottom: 8px; }
header b { font-weight: 600; overflow-wrap: anywhere; }
.quiet { color: var(--freshet-quiet); font-size: 0.867em; }
.chip {
  margin-left: auto; padding: 0 8px; border-radius: 999px; border: 1px solid currentColor; font-size: 0.8em; white-space: nowrap;
}
.chip[data-status="settled"] { color: var(--freshet-settled); }
.chip[data-status="live"] { color: var(--freshet-live); border-style: dashed; }
.chip[data-status="partial"] { color: var(--freshet-partial); border-style: dotted; border-width: 2px; }
.chip:empty { display: none; }
ol { list-style: none; margin: 0; padding: 0; }
li { position: relative; display: flex; gap: 10px; align-items: baseline; padding: 6px 8px; border-radius: 6px; }
li::before {
  content: ""; position: absolute; inset: 2px auto 2px 0; width: var(--share, 0%); background: var(--freshet-bar); border-radius: 6px;
  transition: width 200ms;
}
li > * { position: relative; }
.rank { color: var(--freshet-quiet); min-width: 1.6em; text-align: right; font-variant-numeric: tabular-nums; }
.key { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.figure { font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
.figure small { font-weight: 400; color: var(--freshet-quiet); font-size: 0.8em; }
p { margin: 4px 0 0; }
p:empty { display: none; }
@media (prefers-reduced-motion: reduce) { li::before { transition: none; } }
`;
