// What a page does with voxgrad/worker, called by worker.test.ts; the page has no script but this one and the bundle.
/* global Worker, crossOriginIsolated, requestAnimationFrame */
import { adam, dense, dropout, network, relu, rotate } from "/build/index.js";
import { kernelsUrl } from "/build/wasm.js";
import { connectWorker } from "/build/worker.js";

const described = { phantoms: { count: 120, seed: 7 } };
const settings = (epochs) => ({
  network: network([dense(64), relu(), dropout(0.3), dense(2)]),
  optimizer: adam(),
  augment: [rotate(10)],
  epochs,
  batchSize: 8,
  patience: null,
});

async function trained(run, options) {
  const epochs = run.train(options);
  let last;
  do last = await epochs.next();
  while (!last.done);
  return last.value.weightsSha256;
}

globalThis.page = {
  /** Trains, and tests: what a test compares with Node's. */
  async bits(epochs, options = {}, kernels = undefined) {
    const remote = await connectWorker({ kernels });
    const run = await remote.study({ data: described, seed: 5, ...options });
    const weights = await trained(run, settings(epochs));
    const report = await run.test({ pages: { "report.html": "html" } });
    const html = new TextDecoder().decode(await run.read("report.html"));
    const { threads, threadsReason: reason } = (await run.ledger()).find(({ event }) => event === "training ended");
    remote.end();
    return {
      threads,
      reason,
      weights,
      accuracy: report.metrics.accuracy.value,
      html: html.slice(0, 15),
      isolated: crossOriginIsolated,
    };
  },

  /** The same with kernels that the page fetched and, where memory can be shared, compiled. */
  async provided(epochs) {
    const bytes = new Uint8Array(await (await fetch(kernelsUrl())).arrayBuffer());
    const reproducible = crossOriginIsolated ? { module: await WebAssembly.compile(bytes) } : bytes;
    return this.bits(epochs, {}, { reproducible });
  },

  /** Begins a study in the browser's own files, and goes on training until the page is closed. */
  async begin(name, epochs) {
    const remote = await connectWorker();
    const run = await remote.study({ data: described, seed: 5, storage: { opfs: name } });
    globalThis.epochsSeen = 0;
    void (async () => {
      for await (const { epoch } of run.train({ ...settings(epochs), checkpointEvery: 0.05 }))
        globalThis.epochsSeen = epoch;
    })();
  },

  /** Goes on with a study that a closed page left. */
  async resume(name) {
    const remote = await connectWorker();
    const run = await remote.openStudy({ data: described, storage: { opfs: name } });
    const before = await run.files();
    const weights = await trained(run, { resume: true });
    const resumed = (await run.ledger()).find(({ event }) => event === "resumed");
    remote.end();
    return { weights, resumed, before };
  },

  /** Whether a second worker is kept out of a study that is being trained. */
  async locked(name) {
    const [first, second] = [await connectWorker(), await connectWorker()];
    const run = await first.study({ data: described, seed: 5, storage: { opfs: name } });
    const epochs = run.train(settings(1000));
    await epochs.next();
    const other = await second.openStudy({ data: described, storage: { opfs: name } });
    const refused = await trained(other, settings(1)).catch(({ name, message }) => `${name}: ${message}`);
    first.end();
    // The lock is the browser's: it goes with the worker that held it, a moment later.
    let after = refused;
    while (after === refused)
      after = await trained(other, settings(1)).catch(({ name, message }) => `${name}: ${message}`);
    second.end();
    return { refused, after };
  },

  /** Pauses in the middle of a long epoch, then aborts there. */
  async stops() {
    const remote = await connectWorker();
    const run = await remote.study({ data: { phantoms: { count: 1000, seed: 7 } }, seed: 5 });
    const controller = new AbortController();
    let steps = 0;
    let heard;
    const first = new Promise((resolve) => (heard = resolve));
    const onStep = () => {
      steps++;
      heard();
    };
    const layers = [dense(2048), relu(), dense(2)];
    const options = { network: network(layers), batchSize: 1, epochs: 1000, onStep, signal: controller.signal };
    const stopped = run.train(options).next();
    stopped.catch(() => undefined);
    await first;
    await run.pause();
    const before = steps;
    await new Promise((resolve) => setTimeout(resolve, 200));
    const whilePaused = steps - before;
    controller.abort();
    const isReason = await stopped.catch((error) => error === controller.signal.reason);
    const last = (await run.ledger()).at(-1);
    remote.end();
    return { whilePaused, isReason, event: last.event, epochs: last.epochs, images: last.images };
  },

  /** Makes what `frames` trains on, and begins the study. */
  async prepare() {
    globalThis.remote = await connectWorker();
    const count = 2000;
    const images = Uint8Array.from({ length: count * 784 }, (_, i) => (i * 7919 + (i >> 8)) % 251);
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const data = { arrays: { images, shape: [28, 28], labels }, transfer: true };
    globalThis.run = await globalThis.remote.study({ data, seed: 5, leakage: "allow" });
    await globalThis.run.sets();
  },

  /** Trains 784-512-256-10, and measures what the page does meanwhile: gaps between frames, and what the library takes. */
  async frames(epochs) {
    const heard = handlers.length;
    const gaps = [];
    let last = performance.now();
    let isRunning = true;
    const frame = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (isRunning) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const started = performance.now();
    let steps = 0;
    const layers = [dense(512), relu(), dense(256), relu(), dense(10)];
    await trained(globalThis.run, { network: network(layers), epochs, patience: null, onStep: () => steps++ });
    isRunning = false;
    const seconds = (performance.now() - started) / 1000;
    globalThis.remote.end();
    const own = handlers.slice(heard);
    gaps.sort((a, b) => a - b);
    const at = (part) => gaps[Math.floor(part * (gaps.length - 1))];
    return {
      seconds, steps, frames: gaps.length, median: at(0.5), ninetyNinth: at(0.99), longest: at(1),
      handlers: own.length, slowestHandler: Math.max(0, ...own),
    }; // prettier-ignore
  },
};

/** Milliseconds of each message from a worker that the page hears. */
const handlers = [];
const listen = Worker.prototype.addEventListener;
Worker.prototype.addEventListener = function (type, listener, ...rest) {
  const timed = (event) => {
    const started = performance.now();
    listener.call(this, event);
    handlers.push(performance.now() - started);
  };
  return listen.call(this, type, timed, ...rest);
};
