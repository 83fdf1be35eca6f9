// The products and the step, beside the limit of the machine: npm run bench [-- products|steps] [group ...] [--wide] [--json]
import { measureProducts, productGroups } from "./products.ts";
import { measureSteps } from "./steps.ts";
import { limitLine, productLine, stepLine } from "./text.ts";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const wide = process.argv.includes("--wide");
const asJson = process.argv.includes("--json");
const groups = words.filter((word) => Object.hasOwn(productGroups, word));
const wants = (part: string) => words.length === 0 || words.includes(part);
const say = (line: string) => void (asJson || console.log(line));

say(`node ${process.version}, ${process.arch}`);
const products =
  wants("products") || groups.length > 0 ? await measureProducts(groups, (row) => say(productLine(row)), wide) : null;
if (products) say(limitLine(products.limit));
const steps = wants("steps") ? await measureSteps((row) => say(stepLine(row)), wide) : null;
if (asJson) console.log(JSON.stringify({ ...products, ...(steps ? { steps } : {}) }));
