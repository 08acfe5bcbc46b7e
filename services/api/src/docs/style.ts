/** The page's look, light and dark as the browser likes it, down to the width of a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --line: #d9dee5; --text: #1c2430; --soft: #566273; --link: #0b5cad;
  --get: #0b5cad; --post: #17703f; --delete: #b3261e; --mark: #fdf3d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181e; --raised: #1c222b; --line: #313a47; --text: #e3e8ef; --soft: #9aa7b8; --link: #7db8f5;
    --get: #2f6fb3; --post: #2b7a4c; --delete: #b5463f; --mark: #3b3413;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif;
  display: grid; grid-template-columns: 17rem minmax(0, 1fr);
}
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; background: var(--raised); border-right: 1px solid var(--line); }
nav strong { display: block; font-size: 1.1rem; }
nav h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1.3rem 0 .3rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .2rem .4rem; border-radius: .3rem; color: var(--text); text-decoration: none; font-size: .9rem; }
nav li a:hover { background: var(--line); }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 5rem; max-width: 62rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.35rem; margin: 3rem 0 .4rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 0; }
h4 { font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin: 1.4rem 0 .4rem; }
a { color: var(--link); }
p { margin: .5rem 0; }
code, pre { font-family: ui-monospace, 'SF Mono', 'DejaVu Sans Mono', monospace; font-size: .86em; }
pre code { font-size: inherit; }
p code, li code, td code, dd code { background: var(--raised); border-radius: .2rem; padding: .05em .25em; overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; overflow-x: auto; margin: .4rem 0; }
.soft { color: var(--soft); }
article { border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.3rem; margin: 1.2rem 0; }
article:target { border-color: var(--link); }
.route { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; margin: .5rem 0; }
.route code { font-size: .95rem; overflow-wrap: anywhere; }
.method { color: #fff; font-size: .72rem; font-weight: 700; letter-spacing: .05em; border-radius: .25rem; padding: .15rem .5rem; background: var(--get); }
.method.post { background: var(--post); }
.method.delete { background: var(--delete); }
.fields { width: 100%; border-collapse: collapse; font-size: .92rem; }
.fields th { text-align: left; font-size: .75rem; color: var(--soft); font-weight: 600; }
.fields th, .fields td { border-bottom: 1px solid var(--line); padding: .45rem .8rem .45rem 0; vertical-align: top; }
.fields td:first-child { width: 11rem; overflow-wrap: anywhere; }
.fields td:nth-child(2) { width: 15rem; color: var(--soft); }
.fields .fields { margin-top: .5rem; }
.fields .fields thead { display: none; }
.fields .fields tr:first-child td { border-top: 1px solid var(--line); }
.fields .fields td:first-child { width: 8rem; }
.fields .fields td:nth-child(2) { width: 9rem; }
.fields p:first-child, .fields ul:first-child, dd p:first-child { margin-top: 0; }
.fields p:last-child, dd p:last-child { margin-bottom: 0; }
.note { color: var(--delete); font-size: .75rem; font-weight: 600; display: block; }
ul { padding-left: 1.2rem; margin: .4rem 0; }
details { border-top: 1px solid var(--line); padding: .5rem 0; }
details > summary { cursor: pointer; }
details details { margin-left: 1rem; }
.status { font-weight: 700; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: minmax(12rem, max-content) 1fr; gap: .4rem 1.2rem; font-size: .93rem; }
dt, dd { margin: 0; }
@media (max-width: 52rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  nav ul { display: flex; flex-wrap: wrap; }
  article { padding: .9rem; }
  .fields thead { display: none; }
  .fields .fields { margin-left: 1rem; width: calc(100% - 1rem); }
  .fields .fields tr:first-child td { border-top: 0; }
  .fields tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .fields td, .fields td:first-child, .fields td:nth-child(2) { display: block; width: auto; border: 0; padding: .1rem 0; }
  dl { grid-template-columns: 1fr; gap: .1rem; }
  dd { margin-bottom: .6rem; }
}
@media print { nav { display: none; } body { display: block; } }
`;
