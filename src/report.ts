// voxgrad/report: the report as a page. What draws its charts is bundled with it; the core stays free of it.
export { reportHtml } from "./report/html.ts";
