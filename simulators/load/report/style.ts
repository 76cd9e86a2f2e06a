/** Of a report's page: light and dark, as the reader's system has it. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1d2430;--dim:#5b6675;--line:#d9dee6;--paper:#fff;--card:#f6f8fa;--c1:#2563eb;--c2:#0f8a5f;--c3:#c2410c;--c4:#7c3aed}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#9aa5b4;--line:#313947;--paper:#12161d;--card:#1a202a;--c1:#7aa7ff;--c2:#4cc38a;--c3:#ff9a62;--c4:#b79bff}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1360px;margin:0 auto;padding:24px 16px}
h1{font-size:22px;margin:0 0 8px}h2{font-size:17px;margin:24px 0 4px;overflow-wrap:anywhere}p{margin:0;color:var(--dim)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin:16px 0}
dl div{background:var(--card);border-radius:8px;padding:12px 16px}dd{margin:0;font-size:22px;font-weight:600}dt{color:var(--dim);font-size:13px}
table{border-collapse:collapse;margin:16px 0;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
th,td{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid var(--line);font-weight:400}th{color:var(--dim)}
th:first-child{text-align:left}.text{text-align:left}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,540px),1fr));gap:16px}
figure{margin:16px 0 0;background:var(--card);border-radius:8px;padding:12px 12px 8px;max-width:720px}
figcaption{font-weight:600}small{font-weight:400;color:var(--dim);margin-left:8px}
svg{width:100%;height:auto;display:block}svg text{fill:var(--dim);font-size:12px}
.grid{stroke:var(--line)}line.bound{stroke:var(--ink);stroke-dasharray:5 4}
polyline{fill:none;stroke-width:1.8}polyline.c1{stroke:var(--c1)}polyline.c2{stroke:var(--c2)}polyline.c3{stroke:var(--c3)}polyline.c4{stroke:var(--c4)}
circle.c1{fill:var(--c1)}circle.c2{fill:var(--c2)}circle.c3{fill:var(--c3)}circle.c4{fill:var(--c4)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px}.legend span::before{content:"";display:inline-block;width:14px;height:3px;margin-right:6px;vertical-align:middle;background:currentColor}
span.c1::before{background:var(--c1)!important}span.c2::before{background:var(--c2)!important}span.c3::before{background:var(--c3)!important}
footer{margin:24px 0 0;color:var(--dim);font-size:13px}
`;
