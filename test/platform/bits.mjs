// Trains two networks and says the SHA-256 of their weights, the same everywhere: `node bits.mjs '[{"threads":2}]'` where
// "voxgrad" is installed, or bitsOf() in a page. Every line of the matrix is one way to train: a number of threads, memory
// shared or not, straight or resumed, a debug build.
import * as voxgrad from "voxgrad";
import { kernelsUrl } from "voxgrad/wasm";

const { adam, arrayDataset, blur, deform, dense, dropout, flip, gamma, gaussianNoise, network } = voxgrad;
const { phantoms, relu, resolveTraining, rotate, startFit, subset, translate } = voxgrad;

/** Bytes that a linear congruence makes: images of 25x40 with a brighter half where the label is 1. */
function madeImages(count) {
  const features = 1000;
  const images = new Uint8Array(count * features);
  let state = 12345;
  for (let i = 0; i < images.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const label = Math.floor(i / features) % 2;
    images[i] = (state >>> 25) + (label === 1 && i % features < 500 ? 90 : 0);
  }
  return arrayDataset({
    images,
    shape: [25, 40],
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    labelValues: [0, 1],
  });
}

/** The networks: the article's, 1000-12-12-2, and 64-32-2 behind images of 64x64. */
const trainings = {
  article: {
    data: madeImages(72),
    layers: [dropout(0.1), dense(12), relu(), dropout(0.3), dense(12), relu(), dropout(0.3), dense(2)],
    augment: [rotate(10), translate(0.05), flip("x"), gaussianNoise(0.05)],
  },
  images: {
    data: phantoms({ count: 72, seed: 7 }),
    layers: [dense(64), relu(), dropout(0.3), dense(32), relu(), dropout(0.2), dense(2)],
    augment: [rotate(12), deform(), gamma(0.2), blur()],
  },
};

async function sha256Of(weights) {
  const parts = [...weights.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function bytesOf(url) {
  if (new URL(url).protocol !== "file:") return new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { readFileSync } = globalThis.process.getBuiltinModule("node:fs");
  return new Uint8Array(readFileSync(new URL(url)));
}

async function buildOf({ shared, debug, mode = "reproducible" }) {
  // What is compiled as it lies in its file runs on shared memory, with one thread too.
  if (shared) return { module: await WebAssembly.compile(await bytesOf(kernelsUrl(mode))) };
  return debug ? bytesOf(debug) : mode;
}

async function weightsOf({ data, layers, augment }, way) {
  const { threads = 1, resumed = false, resumedThreads = threads, workerUrl, mode = "reproducible" } = way;
  const places = Array.from({ length: data.length }, (_, i) => i);
  const sets = { train: subset(data, places.slice(0, 56)), validation: subset(data, places.slice(56)) };
  const options = {
    network: network(layers),
    optimizer: adam({ learningRate: 2e-3 }),
    batchSize: 16,
    epochs: 2,
    augment,
  };
  const settings = resolveTraining({ ...options, numericMode: mode }, sets.train, "classification", 3);
  const build = await buildOf(way);
  const team = (count) => ({ threads: count, forced: true, workerUrl });
  let fit = await startFit(sets, settings, { kind: "drawn" }, build, team(threads));
  try {
    if (resumed) {
      // In the middle of the second epoch.
      await fit.epoch();
      const abort = new AbortController();
      const stopped = fit.epoch(abort.signal, (images) => void (images === 32 && abort.abort()));
      await stopped.catch((error) => error.name === "AbortError" || Promise.reject(error));
      const state = fit.state();
      fit.free();
      fit = await startFit(sets, settings, { kind: "resumed", state }, build, team(resumedThreads));
    }
    while (!fit.finished) await fit.epoch();
    return { weightsSha256: await sha256Of(fit.bestWeights()), ...fit.arithmetic };
  } finally {
    fit.free();
  }
}

/** Trains both networks one way. */
export async function bitsOf(way = {}) {
  const article = await weightsOf(trainings.article, way);
  const images = await weightsOf(trainings.images, way);
  const { threads, threadsReason, fused } = images;
  return { article: article.weightsSha256, images: images.weightsSha256, threads, threadsReason, fused };
}

async function answer(ways) {
  const answers = [];
  for (const way of ways) answers.push(await bitsOf(way));
  console.log(JSON.stringify(answers));
}

// No top-level await, which a worker of Vite's cannot have.
const given = globalThis.process?.argv?.[2];
if (given !== undefined) void answer(JSON.parse(given));
