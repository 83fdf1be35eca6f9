// A report as text, asked for from outside: asynchronous, so that what writes it need not be loaded before.
import { markdownOf } from "./markdown.ts";
import type { Report } from "./record.ts";

/**
 * The report as Markdown (CommonMark with tables), in the parts that the page has. Everything that comes from data is
 * escaped.
 *
 * @example
 * ```ts
 * import { reportMarkdown } from "voxgrad";
 * import type { Report } from "voxgrad";
 *
 * const show = async (report: Report) => console.log(await reportMarkdown(report));
 * ```
 */
export async function reportMarkdown(report: Report): Promise<string> {
  return Promise.resolve(markdownOf(report));
}
