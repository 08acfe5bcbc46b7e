import type { Markup } from './html.js';

/** Of the page of recent calls. In a narrow window each call is a block of lines, for a table would not fit. */
export const STYLE = `
:root { color-scheme: light dark; }
body { font: .875rem/1.5 system-ui, sans-serif; max-width: 84rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; }
p { margin: .5rem 0; }
code { font: .8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.now { display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; margin: 1rem 0 0; list-style: none; }
.now li { border: 1px solid #8886; border-radius: .4rem; padding: .5rem 1rem; min-width: 7rem; }
.now b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid #8884; }
thead th { font-weight: 600; white-space: nowrap; }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; font-variant-numeric: tabular-nums; }
bdi { overflow-wrap: anywhere; }
.calls { width: 100%; }
.call code { display: block; white-space: nowrap; }
@media (max-width: 64rem) {
  body { padding: 1rem; }
  .calls thead { display: none; }
  .calls, .calls tbody, .calls tr, .calls td { display: block; }
  .calls tr { border-bottom: 1px solid #8884; padding: .6rem 0; }
  .calls td { border: 0; padding: .05rem 0 .05rem 6rem; min-height: 1.3rem; }
  .calls td:empty { display: none; }
  .calls td::before { content: attr(data-label); float: left; margin-left: -6rem; width: 6rem; opacity: .7; }
  .call code { white-space: normal; }
}
`;

/** It is known by its hash, and so has nothing around it. */
export const STYLE_ELEMENT: Markup = { markup: `<style>${STYLE}</style>` };
