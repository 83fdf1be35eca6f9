// voxgrad needs nothing of this. The headers isolate the page from other origins, so that threads can share memory; without
// them a network trains on one thread, to the same bits. Workers as modules load what reads images when it is needed.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default { worker: { format: "es" }, server: { headers }, preview: { headers } };
