// How much memory does a study take at its peak, beyond the plan and the dataset's own bytes? A study on a file of 500 MB.
//   npm run bench -- memory [megabytes]
import { Uint8ArrayReader, Writer, ZipWriter } from "@zip.js/zip.js";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dense, dropout, network, relu } from "../src/index.ts";

const megabytes = Number(process.argv[2] ?? 500);
const side = 64;
const count = Math.floor((megabytes * 1e6) / (side * side));
const folder = mkdtempSync(join(tmpdir(), "voxgrad-memory-"));
const file = join(folder, "scans.npz");
const cli = fileURLToPath(new URL("../cli.js", import.meta.url));

/** Writes straight to a file, so that this process does not matter. */
class FileWriter extends Writer<void> {
  readonly #file = openSync(file, "w");
  override writeUint8Array(bytes: Uint8Array): Promise<void> {
    writeSync(this.#file, bytes);
    return Promise.resolve();
  }
  override getData(): Promise<void> {
    closeSync(this.#file);
    return Promise.resolve();
  }
}

function npy(shape: readonly number[], data: Uint8Array): Uint8Array {
  const dictionary = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = dictionary.padEnd(117) + "\n";
  const bytes = new Uint8Array(128 + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(data, 128);
  return bytes;
}

const images = new Uint8Array(count * side * side);
let state = 1;
for (let i = 0; i < images.length; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  images[i] = state >>> 24;
}
const zip = new ZipWriter(new FileWriter(), { level: 0, useWebWorkers: false });
await zip.add("images.npy", new Uint8ArrayReader(npy([count, side, side], images)));
await zip.add(
  "labels.npy",
  new Uint8ArrayReader(
    npy(
      [count],
      Uint8Array.from({ length: count }, (_, i) => i % 2),
    ),
  ),
);
await zip.close();

/** Peak resident memory of a node process in bytes, as Linux tells it. (What getrusage says begins with the parent's.) */
function peak(...args: string[]): number {
  const script = `import fs from "node:fs"; process.on("exit", () => process.stderr.write("\\npeak " + /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1] + "\\n")); ${args.length > 0 ? `await import(${JSON.stringify(cli)})` : ""}`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script, ...args], {
    encoding: "utf8",
  });
  const found = /peak (\d+)/.exec(stderr);
  if (!found || status !== 0) throw new Error(stderr);
  return 1024 * Number(found[1]);
}

const idle = peak();
const study = peak("train", file, "--out", join(folder, "study"), "--epochs", "1", "--quiet");
const tested = peak("test", join(folder, "study"), "--quiet");
rmSync(folder, { recursive: true });

const net = network([dense(64), relu(), dropout(0.3), dense(32), relu(), dropout(0.3), dense(2)], {
  input: [side, side],
});
const needed = net.plan({ batchSize: 32 }).bytes + images.length + count * 4;
const mega = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
console.log(
  `node ${process.version}, ${count} images of ${side}x${side}: plan and dataset ${mega(needed)}, idle runtime ${mega(idle)}`,
);
console.log(`train: peak ${mega(study)}, ${((study - idle) / needed).toFixed(3)} times plan and dataset`);
console.log(`test:  peak ${mega(tested)}, ${((tested - idle) / needed).toFixed(3)} times plan and dataset`);
