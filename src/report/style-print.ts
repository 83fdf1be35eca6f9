// How the page of a report looks on paper: black on white, nothing cut by the edge of a sheet.

/** Rules behind those of the screen. */
export const printStyle = `
@media print {
  @page { size: A4; margin: 16mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  a { color: inherit; text-decoration: none; }
  section { margin-top: 18pt; }
  .part { margin-top: 22pt; padding-top: 10pt; border-top-width: 1pt; }
  .contents { display: none; }
  .verdict, pre, .contents { border: 1px solid var(--line); border-left-width: 4px; background: none; }
  h2, h3, thead, .legend { break-after: avoid; }
  thead { display: table-header-group; }
  tr, figure, .events > li:not(:has(details, table)), .verdict, .headline, .beside > *, .network, pre, .methods div { break-inside: avoid; }
  .note, figcaption, .network { break-before: avoid; }
  .legend { break-inside: avoid; }
  tbody tr:first-child:not(:last-child), tbody tr:nth-last-child(2) { break-after: avoid; }
  .beside { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 20pt; }
  .spread { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); }
  .plots { grid-template-columns: 1fr 1fr 1fr; gap: 10pt; }
  .chart { max-width: 100%; }
  .beside .chart { max-width: 66mm; }
  code { font-size: 0.8em; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; height: auto; }
  .plain thead th.number, .plain thead th, .classes thead th { white-space: normal; }
  .plain :is(th, td), .classes :is(th, td) { padding-top: 3pt; padding-bottom: 3pt; font-size: 8pt; }
  .plain :is(th, td):not(:first-child) { padding-left: 6pt; }
  .classes :is(th, td) { padding-right: 6pt; }
  .figures th, .figures td { padding-top: 4pt; padding-bottom: 4pt; }
  .network li { height: 4.75rem; }
  .confusion { --first: 5.5rem; --column: 0rem; }
  .confusion th, .confusion tbody td { padding: 4px 2px; font-size: 8.5pt; }
  .confusion small { font-size: 7pt; }
}
`.trim();
