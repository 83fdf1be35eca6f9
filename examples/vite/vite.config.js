// Nothing has to be set for voxgrad. These headers isolate the page from other origins, so that threads can share memory;
// without them a network trains on one thread, to the same bits.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default { server: { headers }, preview: { headers } };
