// How long a batch's augmentation takes with one thread and with several: `npm run bench -- augment-threads 2`.
import { threadsOf } from "#threads";
import { deform, rotate, scale, translate } from "../src/data/augment.ts";
import { arrayDataset } from "../src/data/dataset.ts";
import { dense } from "../src/model/layers.ts";
import { network } from "../src/model/network.ts";
import { bindAugmentation, planFor } from "../src/train/augmentation.ts";
import { resolveTraining } from "../src/train/settings.ts";
import { allocate } from "../src/wasm/memory.ts";

const [several = 2] = process.argv.slice(2).map(Number);
const affine = [rotate(10), scale(0.1), translate(0.05)];
const lists = { affine: affine, "affine, deformation": [...affine, deform()] };
const shapes = [[10, 10, 10], [28, 28], [64, 64], [32, 32, 32], [64, 64, 64]]; // prettier-ignore
const batchSize = 32;
const turns = 60;

for (const shape of shapes) {
  const size = shape.reduce((a, b) => a * b, 1);
  const images = Float32Array.from({ length: size * batchSize }, (_, i) => ((i * 7919) % 1021) / 510 - 1);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % 2);
  const set = arrayDataset({ images, shape, labels });
  for (const [name, augment] of Object.entries(lists)) {
    const settings = resolveTraining({ network: network([dense(2)]), augment, batchSize }, set, "classification", 1);
    const planned = planFor(settings, set);
    if (!planned) throw new Error(`bench: ${name} augments nothing`);
    const runs = await Promise.all(
      [1, several].map(async (threads) => {
        const plan = settings.network.plan({ batchSize, augmentation: planned.bytes(threads), threads });
        const team = threads > 1 ? { threads, begin: threadsOf(), work: planned.place } : null;
        const block = await allocate(plan, "reproducible", false, team);
        return { block, augmenting: bindAugmentation(planned, block), times: [] as number[] };
      }),
    );
    for (let turn = 0; turn < turns; turn++) {
      for (const { augmenting, times } of runs) {
        const start = performance.now();
        // Another epoch, so that other moves are drawn; a short one is repeated until it can be timed.
        for (let epoch = 1; epoch <= 10; epoch++) {
          augmenting.begin(10 * turn + epoch, null);
          const late = augmenting.images(set, null, 0, batchSize);
          if (late) await late;
        }
        times.push((performance.now() - start) / 10);
      }
    }
    const [one, other] = runs.map(({ times }) => times.slice(10).sort((a, b) => a - b));
    const text = (times: readonly number[]) => `${times[0].toFixed(3)}, ${times[times.length >> 1].toFixed(3)} ms`;
    console.log(
      `${shape.join("x")} ${name}: one thread ${text(one)} (least, median), ${several} threads ${text(other)}: ` +
        `${(one[0] / other[0]).toFixed(2)}, ${(one[one.length >> 1] / other[other.length >> 1]).toFixed(2)} times as fast`,
    );
    for (const { block } of runs) block.free();
  }
}
