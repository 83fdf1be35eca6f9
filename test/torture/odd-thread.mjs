// A thread of a team that ends in the middle of its work, or is late at random: in place of build/thread.js. In VOXGRAD_ODD_THREAD
// stand the file in whose place it is, and `ends`, the number of lists between meetings after which it ends, or `late`, the seed of its delays.
const { file, ends, late } = JSON.parse(process.env.VOXGRAD_ODD_THREAD);
let left = ends ?? Infinity;
let state = late ?? 0;

function wait() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const until = performance.now() + (state % 8 === 0 ? (state >>> 8) / 2 ** 24 : 0) * 3;
  while (performance.now() < until);
}

const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (module, imports) => {
  const { exports } = await instantiate(module, imports);
  const runCalls = (calls, count) => {
    if (left-- <= 0) process.exit();
    if (state > 0) wait();
    return exports.runCalls(calls, count);
  };
  return { exports: { ...exports, runCalls } };
};
await import(file);
