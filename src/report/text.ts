// A report as text that reads well as it is; what writes it is loaded by those who ask for it.
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
  const { markdownOf } = await import("./markdown.ts");
  return markdownOf(report);
}
