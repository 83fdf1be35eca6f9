// A peer's side of the conversation: a command comes in as one line of JSON, its answer goes out as one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * @typedef {object} Peer
 * @property {string} version the name and version of what runs
 * @property {string} [computes] what it computes, where that is not the problem: it is then measured, but not compared
 * @property {() => void | Promise<void>} reset initial weights, optimizer as new
 * @property {(steps: number) => number | Promise<number>} run takes steps on the batch; the last one's loss before its update
 * @property {() => number} [memoryBytes] bytes of WebAssembly memory
 */

/**
 * The problem with its arrays; each layer is { inputs, outputs, weight (outputs, inputs), bias (outputs) }.
 * @param {{ sizes: number[], batch: number, learningRate: number, folder: string }} problem
 */
function readProblem({ sizes, batch, learningRate, folder }) {
  const read = (name, Kind) => {
    const bytes = readFileSync(join(folder, name));
    return new Kind(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  const parameters = read("parameters.f32", Float32Array);
  let at = 0;
  const take = (length) => parameters.slice(at, (at += length));
  const layers = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    return { inputs, outputs, weight: take(outputs * inputs), bias: take(outputs) };
  });
  const images = read("images.f32", Float32Array);
  const labels = read("labels.i32", Int32Array);
  return { sizes, batch, learningRate, inputs: sizes[0], classes: sizes.at(-1), images, labels, layers };
}

/** (outputs, inputs) as (inputs, outputs), for peers that multiply from the left. */
export function transpose({ inputs, outputs, weight }) {
  return Float32Array.from(
    { length: weight.length },
    (_, i) => weight[(i % outputs) * inputs + Math.floor(i / outputs)],
  );
}

/** Labels as (batch, classes) of zeros and ones. */
export function oneHot({ labels, classes }) {
  return Float32Array.from({ length: labels.length * classes }, (_, i) =>
    labels[Math.floor(i / classes)] === i % classes ? 1 : 0,
  );
}

async function losses(peer, steps) {
  await peer.reset();
  const found = [];
  for (let step = 0; step <= steps; step++) found.push(await peer.run(1));
  return found;
}

/**
 * Milliseconds of one step, over blocks of steps. Every block begins with the initial weights, so that all measure the same
 * steps of the same run and nobody trains on until numbers vanish; what the first steps reserve is not counted.
 */
async function measure(peer, steps, blocks) {
  let milliseconds = 0;
  for (let block = 0; block < blocks; block++) {
    await peer.reset();
    await peer.run(2);
    const start = performance.now();
    await peer.run(steps);
    milliseconds += performance.now() - start;
  }
  return milliseconds / (blocks * steps);
}

/** Bytes that a step leaves on the JavaScript heap, after as many steps of warming up; needs --expose-gc, and a young generation that outlasts the steps. */
async function bytes(peer, steps) {
  const grown = async (count) => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    await peer.run(count);
    return process.memoryUsage().heapUsed - before;
  };
  await peer.run(steps);
  const memoryBefore = peer.memoryBytes();
  // What asking and compiling take is in both, and does not count.
  const once = await grown(steps);
  const heap = Math.max(0, (await grown(2 * steps)) - once);
  return { heapBytes: heap / steps, memoryBefore, memoryAfter: peer.memoryBytes() };
}

/** @param {(problem: ReturnType<typeof readProblem>) => Peer | Promise<Peer>} load binds a problem */
export function serve(load) {
  console.log = console.info = console.error;
  let peer;
  const answer = async ({ command, problem, steps, blocks }) => {
    switch (command) {
      case "load":
        peer = await load(readProblem(problem));
        return { version: peer.version, computes: peer.computes ?? null };
      case "losses":
        return losses(peer, steps);
      case "measure":
        return measure(peer, steps, blocks);
      case "bytes":
        return bytes(peer, steps);
      default:
        throw new RangeError(`serve: expected load, losses, measure or bytes, got ${command}`);
    }
  };
  const reply = async (line) => {
    const result = await answer(JSON.parse(line)).then(
      (value) => ({ value }),
      (error) => ({ error: String(error?.message ?? error) }),
    );
    process.stdout.write(`${JSON.stringify(result)}\n`);
  };
  let previous = Promise.resolve();
  createInterface({ input: process.stdin }).on("line", (line) => {
    previous = previous.then(() => reply(line));
  });
}
