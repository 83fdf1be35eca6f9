// Phase three as the commands run it: the test, and the pages of its report.
import type { Report, Study } from "../index.ts";

/**
 * Reads the test set; report.json, report.md and report.html are then in the study's folder.
 * @param examples whether they show single images. @param reopen why the set is read again.
 */
export async function readAndReport(
  run: Study,
  directory: string,
  examples = true,
  reopen: string | null = null,
): Promise<{ report: Report; files: string[] }> {
  const { reportHtml } = await import("../report.ts"); // draws: only loaded where something is to be drawn
  const report = await run.test({ pages: { "report.html": reportHtml }, examples, reopen });
  return { report, files: ["report.html", "report.md", "report.json"].map((name) => `${directory}/${name}`) };
}

/** A report for the terminal: pictures stay in the files. */
export function withoutPictures({ examples: _, ...report }: Report): Report {
  return report;
}
