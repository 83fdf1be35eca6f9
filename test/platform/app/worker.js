// Trains one way after another.
import { bitsOf } from "./bits.mjs";

const forbidden = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  forbidden.push(`${violatedDirective} ${blockedURI}`);
});

addEventListener("message", async ({ data: ways }) => {
  const answers = [];
  for (const way of ways) answers.push(await bitsOf(way).catch((error) => ({ error: String(error) })));
  postMessage({ answers, forbidden });
});
