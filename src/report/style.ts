// How the page of a report looks: on screens bright and dark, on phones, on paper.
import { printStyle } from "./style-print.ts";

/** The style sheet. Shades of confusion cells are light enough for the ink in either scheme. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #17202b; --quiet: #56616e; --line: #dbe0e6; --panel: #f4f6f8;
  --accent: #0b62a8; --right: 86 160 220; --wrong: 240 150 70;
  --mind: #b34a00; --mind-panel: #fff4e8; --fine: #1d6b4f; --fine-panel: #ecf7f1;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #00805c; --series-3: #b0478c;
  --series-4: #8a6100; --series-5: #5a4fcf; --series-6: #1793c9; --series-7: #3d4650;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #12171d; --ink: #e8ecf1; --quiet: #a3aebb; --line: #323b46; --panel: #1b222a;
    --accent: #6db8f2; --right: 50 110 165; --wrong: 165 88 22;
    --mind: #ffb066; --mind-panel: #2c2114; --fine: #74d3a9; --fine-panel: #13271f;
    --series-0: #56b4e9; --series-1: #f5925a; --series-2: #3ccf9f; --series-3: #e79ac4;
    --series-4: #e6c54a; --series-5: #b0a6ff; --series-6: #9adcf5; --series-7: #d5dbe2;
  }
}
@media print { :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --quiet: #3d3d3d; --line: #c4c4c4; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 1080px; padding: 32px 24px 48px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.02em; }
h2 { margin: 0 0 16px; font-size: 1.375rem; line-height: 1.3; letter-spacing: -0.01em; }
h3 { margin: 32px 0 10px; font-size: 1rem; line-height: 1.4; }
p { margin: 0 0 12px; max-width: 75ch; }
small, .note { color: var(--quiet); font-size: 0.8125rem; }
.note { margin: 10px 0 0; }
section { margin: 44px 0 0; }
main { counter-reset: part; }
.part { margin-top: 56px; padding-top: 20px; border-top: 2px solid var(--ink); scroll-margin-top: 12px; }
.part > h2 { counter-increment: part; }
.part > h2::before { content: counter(part) "\\2002"; color: var(--quiet); font-weight: 500; }
.contents { margin-top: 32px; padding: 14px 20px; background: var(--panel); border-radius: 4px; font-size: 0.9375rem; }
.contents ol { margin: 0; padding: 0 0 0 1.4em; columns: 3 15rem; column-gap: 40px; }
.contents li { padding: 3px 0 3px 4px; break-inside: avoid; }
.contents li::marker { color: var(--quiet); }
.openings { margin: 16px 0 0; padding: 0; list-style: none; color: var(--mind); }

header { border-bottom: 1px solid var(--line); padding-bottom: 20px; }
.use {
  float: right; margin: 4px 0 0 16px; padding: 3px 12px; border: 1.5px solid var(--mind); border-radius: 99px;
  color: var(--mind); font-size: 0.8125rem; font-weight: 600;
}
header dl { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 16px 0 0; }
dt { color: var(--quiet); font-size: 0.8125rem; }
dd { margin: 0; overflow-wrap: anywhere; }
header dl div { min-width: 0; }
header .result dd { font-weight: 650; }

.verdict { margin-top: 24px; padding: 16px 20px; border-left: 4px solid; border-radius: 4px; }
.verdict h2 { font-size: 1rem; margin-bottom: 6px; }
.verdict ul { margin: 0; padding-left: 20px; }
.verdict li + li { margin-top: 6px; }
.verdict p { margin: 0; }
.mind { border-color: var(--mind); background: var(--mind-panel); }
.mind h2 { color: var(--mind); }
.fine { border-color: var(--fine); background: var(--fine-panel); }
.fine h2 { color: var(--fine); }

.headline { margin-top: 28px; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 40px; }
.headline > * { grid-column: 2; }
.headline .name, .headline .number { grid-column: 1; }
.headline .name { grid-row: 1; margin: 0; color: var(--quiet); font-weight: 600; }
.headline .number {
  grid-row: 2 / span 5; margin: 0; font-size: 5.5rem; line-height: 1; font-weight: 650; letter-spacing: -0.045em; color: var(--accent);
}
.headline .none { font-size: 2.25rem; letter-spacing: -0.02em; color: var(--mind); }
.headline .sure { grid-row: 1; margin: 0 0 6px; }
.headline .meaning { margin: 8px 0 0; }
.headline .meaning + .meaning { color: var(--quiet); font-size: 0.9375rem; margin-top: 4px; }

table { width: 100%; border-collapse: collapse; }
th, td { padding: 8px 16px 8px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
th { font-weight: 600; }
thead th { color: var(--quiet); font-size: 0.8125rem; font-weight: 500; vertical-align: bottom; }
th small { display: block; font-weight: 400; }
.scroll { overflow-x: auto; }

.bar { display: block; width: 100%; overflow: visible; }
.track { fill: var(--line); }
.reference { fill: var(--ink); }
.interval { fill: var(--accent); opacity: 0.45; }
.value, .filled { fill: var(--accent); }
.value { stroke: var(--paper); stroke-width: 1.5; }
.scale { display: flex; justify-content: space-between; color: var(--quiet); font-size: 0.75rem; font-weight: 400; line-height: 1.2; }
.figures th:first-child { width: 44%; }
.figures .number, .classes td.number { white-space: nowrap; }
.figures td.number { font-weight: 650; font-size: 1.0625rem; }
.figures :is(.sure, .undefined) span:first-child { white-space: nowrap; }
.figures .bar, .figures .scale { float: right; width: calc(100% - 10rem); }
.figures td .bar { margin-top: 3px; }
.undefined { color: var(--mind); font-size: 0.875rem; }
.plain :is(th, td):not(:first-child) { padding-right: 0; padding-left: 20px; width: 1%; }
.plain th.number, .plain td.number, .audit .number { text-align: right; white-space: nowrap; }
.plain { font-size: 0.9375rem; }
.plain tbody th, .audit tbody th { font-weight: 500; }
.plain th:first-child { min-width: 7.5rem; overflow-wrap: break-word; }
.plain thead th { overflow-wrap: normal; white-space: nowrap; }
.plain .own th, .plain .own td { font-weight: 650; }
.audit { max-width: 640px; }
.average th, .average td { color: var(--quiet); }
tbody .average:not(.average ~ .average) > * { border-top: 2px solid var(--line); }
.trials { margin: 8px 0; font-size: 0.875rem; }
.trials th, .trials td { padding-top: 4px; padding-bottom: 4px; }
.trials em { margin-left: 6px; }
.classes td small { display: block; }
.classes .bar { margin-top: -2px; }
.classes thead th { overflow-wrap: normal; }
.classes th:first-child { min-width: 7rem; }

.beside, .plots { display: grid; gap: 40px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); }
.plots { gap: 20px 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 310px), 1fr)); }
.beside > *, .plots > * { min-width: 0; }
.stack > * + * { margin-top: 44px; }
figure { margin: 0; }
.chart { overflow: visible; display: block; width: 100%; max-width: 460px; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 4px 0 12px; padding: 0; list-style: none; font-size: 0.875rem; }
.legend li { display: grid; grid-template-columns: 34px minmax(0, 1fr); gap: 8px; align-items: start; }
.sample { width: 34px; height: 8px; margin-top: 7px; fill: none; }
.beside h3 { margin-top: 0; }
@media (min-width: 900px) { .spread { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); } }
.area { display: block; width: 34px; height: 14px; margin-top: 4px; background: var(--mind); opacity: 0.25; }
.dot { display: inline-block; width: 10px; height: 10px; margin: 6px 12px 0; border-radius: 50%; background: var(--ink); }
figcaption p { color: var(--quiet); font-size: 0.8125rem; }

.confusion { --first: 6.5rem; --column: 4.4rem; table-layout: fixed; min-width: calc(var(--first) + var(--columns) * var(--column)); border-collapse: separate; border-spacing: 3px; font-size: 0.9375rem; }
.confusion th, .confusion td { border: 0; padding: 6px 8px; }
.confusion thead th { text-align: center; padding: 6px 2px; }
.confusion .corner { text-align: left; padding-left: 0; }
.confusion tbody th { font-weight: 500; padding-left: 0; vertical-align: middle; }
.confusion tr > :first-child { width: var(--first); }
.confusion thead tr + tr th { color: var(--ink); hyphens: auto; }
.confusion thead tr + tr .corner { color: var(--quiet); }
.confusion tbody td { padding: 12px 8px; border-radius: 4px; text-align: center; vertical-align: middle; font-weight: 600; font-size: 1.0625rem; white-space: nowrap; }
.confusion td small { display: block; font-weight: 400; color: inherit; }
.spoken { margin-top: 16px; }
.right { background: rgb(var(--right) / calc(0.05 + 0.75 * var(--share))); }
.wrong { background: rgb(var(--wrong) / calc(0.05 + 0.75 * var(--share))); }

.sets { table-layout: fixed; }
.sets .bar { margin-top: 4px; max-width: 160px; }
.events { margin: 0; padding: 0; list-style: none; }
.events > li { display: grid; grid-template-columns: 6.5em minmax(0, 1fr); gap: 0 36px; padding-bottom: 18px; position: relative; }
.events > li::before, .events > li::after { content: ""; position: absolute; background: var(--line); }
.events > li::before { left: calc(6.5em + 17px); top: 12px; bottom: -12px; width: 2px; }
.events > li:last-child::before { display: none; }
.events > li::after {
  left: calc(6.5em + 12px); top: 6px; width: 12px; height: 12px; border-radius: 50%; border: 2px solid var(--quiet); background: var(--paper);
}
.events .opening::after { border-color: var(--accent); background: var(--accent); box-shadow: 0 0 0 4px var(--panel); }
.events .opening strong, .events em { color: var(--accent); }
.events em { font-style: normal; font-size: 0.875rem; }
.events small { display: block; }
.events ul { margin: 2px 0; padding-left: 18px; }
.phase { color: var(--quiet); font-size: 0.875rem; text-align: right; }
time { color: var(--quiet); font-size: 0.875rem; margin-left: 8px; white-space: nowrap; }

.network { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 32px; margin-top: 8px; }
.network svg { height: calc(var(--rows) * 4.75rem); width: auto; fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
.network .weights { stroke: var(--accent); stroke-width: 0.6; opacity: 0.45; fill: none; }
.network .gap { stroke-width: 3; stroke-linecap: round; }
.network ol { margin: 0; padding: 0; list-style: none; }
.network li { height: 4.75rem; display: flex; flex-wrap: wrap; align-content: center; gap: 0 10px; line-height: 1.35; }
.network small { flex-basis: 100%; min-width: 0; overflow-wrap: anywhere; }

pre { margin: 12px 0 16px; padding: 14px 18px; background: var(--panel); border-radius: 4px; overflow-x: auto; }
.pairs-list { margin: 12px 0 0; }
.pairs-list div { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr); gap: 0 24px; padding: 5px 0; border-bottom: 1px solid var(--line); font-size: 0.9375rem; break-inside: avoid; }
.pairs-list dt { font-size: inherit; }
.pairs-list.hashes div { grid-template-columns: 9rem minmax(0, 1fr); }
.pairs-list.columns { columns: 2 24rem; column-gap: 48px; }
.pairs-list.columns div { grid-template-columns: minmax(0, 11fr) minmax(0, 10fr); gap: 0 12px; font-size: 0.875rem; }

.settings th { width: 34%; font-weight: 400; color: var(--quiet); }
.settings th, .settings td { padding-top: 5px; padding-bottom: 5px; font-size: 0.9375rem; }
code { font: 0.875em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.methods { margin: 0; }
.methods div { display: grid; grid-template-columns: 34% minmax(0, 1fr); padding: 5px 0; border-bottom: 1px solid var(--line); font-size: 0.9375rem; }
.methods dt { font-size: inherit; padding-right: 16px; }
footer { margin-top: 48px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 0.875rem; }
footer strong { color: var(--mind); }

@media (max-width: 640px) {
  body { padding: 20px 16px 32px; }
  h1 { font-size: 1.6rem; }
  .headline { display: block; }
  .headline .number { font-size: 4.5rem; margin-bottom: 8px; }
  .headline .none { font-size: 2.25rem; }
  .use { float: none; width: fit-content; margin: 0 0 10px; }
  .figures, .figures tbody { display: block; }
  .figures thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .figures tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 16px; padding: 10px 0; border-bottom: 1px solid var(--line); }
  .figures :is(th, td) { border: 0; padding: 0; }
  .figures th:first-child { width: auto; }
  .figures td:last-child { grid-column: 1 / -1; display: flow-root; }
  .plain thead th, .plain thead th.number { white-space: normal; }
  .plain { font-size: 0.8125rem; }
  .plain :is(th, td):not(:first-child) { padding-left: 10px; }
  .plain th:first-child { min-width: 5.5rem; }
  th, td { padding-right: 10px; }
  .events > li { grid-template-columns: minmax(0, 1fr); padding-left: 28px; }
  .events > li::before { left: 5px; }
  .events > li::after { left: 0; }
  .phase { text-align: left; }
  time { display: block; margin-left: 0; }
  .methods div { display: block; }
  .sets th:first-child { width: 29%; }
  .sets th, .sets td { font-size: 0.8125rem; padding-right: 4px; }
  .sets small { font-size: 0.75rem; }
  .classes th, .classes td { padding-right: 8px; }
  .classes thead th { font-size: 0.6875rem; }
  .classes th:first-child { min-width: 6.5rem; }
  .part { margin-top: 44px; }
  .network { display: block; }
  .network svg { width: 100%; height: auto; max-width: 300px; }
  .network li { height: auto; padding: 8px 0; border-bottom: 1px solid var(--line); }
  .sets td small { display: block; }
  .pairs-list div { display: block; }
  .pairs-list.columns div { display: grid; }
  pre { margin-left: -16px; margin-right: -16px; border-radius: 0; padding: 12px 16px; font-size: 0.875rem; }
  .contents { padding: 12px 16px; }
  .confusion { --first: 5.6rem; --column: 4.4rem; font-size: 0.8125rem; }
  .confusion tbody td { padding: 10px 2px; font-size: 0.9375rem; }
}
${printStyle}
`.trim();
