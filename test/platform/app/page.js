// A page that trains: by itself, and in a worker of its own the ways that its address asks for.
import { readImage } from "voxgrad/io";
import { bitsOf } from "./bits.mjs";

const ways = JSON.parse(new URLSearchParams(location.search).get("ways"));

const forbidden = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  forbidden.push(`${violatedDirective} ${blockedURI}`);
});

async function train() {
  // What no reader knows, and a path, which a page has not.
  const refused = await Promise.all([new Blob(["P5"]), "scan.png"].map((file) => readImage(file).catch(String)));
  const onPage = await bitsOf({ threads: 2 });
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const inWorker = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || "the worker could not be loaded"));
    worker.postMessage(ways);
  });
  const { answers, forbidden: there } = inWorker;
  return { onPage, answers, isolated: crossOriginIsolated, refused, forbidden: [...forbidden, ...there] };
}

train().then(
  (said) => (globalThis.said = said),
  (error) => (globalThis.said = { error: String(error) }),
);
