// Transfer of a saved model: a network learns from many images, is saved, and goes on from there with the few of another
// hospital, its first layer frozen. Beside it a network that begins anew with the few.
//   node examples/transfer.ts        (Node 22.18 or newer; or bun, or deno run -A)
import { adam, dense, dropout, loadModel, network, phantoms, relu, saveModel, study } from "voxgrad";
import type { Model, TrainOptions } from "voxgrad";

const layers = network([dense(64, { name: "shapes" }), relu(), dropout(0.3), dense(2, { name: "answer" })]);

// Many images: the saved model is a safetensors file with the whole recipe, to be kept or sent.
const many = study({ data: phantoms({ count: 600, seed: 1 }), seed: 7 });
for await (const { epoch, validation } of many.train({ network: layers, optimizer: adam(), epochs: 12 })) {
  console.log(`many images, epoch ${epoch}: validation loss ${validation.loss.toFixed(3)}`);
}
const file = saveModel(await many.model());
const saved: Model = loadModel(file);
console.log(`saved: ${file.length} bytes`);

/** Trains on the few, and says how the test set went. */
async function learnFew(name: string, options: TrainOptions): Promise<Model> {
  const few = study({ data: phantoms({ count: 60, seed: 2, tumours: 0.4 }), seed: 7, ratios: [0.4, 0.2, 0.4] });
  let epochs = 0;
  for await (const { epoch } of few.train({ network: layers, optimizer: adam(), epochs: 8, ...options }))
    epochs = epoch;
  const { metrics } = await few.test();
  console.log(
    `${name}: ${epochs} epochs, accuracy ${metrics.accuracy.value?.toFixed(2)}, ROC AUC ${metrics.rocAuc.value?.toFixed(2)}`,
  );
  return few.model();
}

await learnFew("few images, begun anew", {});
// Tensors of the same name and shape are taken, and the scaling of pixels with them.
const moved = await learnFew("few images, begun from the saved model", { from: saved, freeze: ["shapes"] });

const before = saved.weights.get("shapes.weight")?.data ?? [];
const after = moved.weights.get("shapes.weight")?.data ?? [];
const changed = [...before].filter((value, i) => !Object.is(value, after[i])).length;
console.log(`${changed} of the ${before.length} frozen weights changed`);
