// jax-js on its WebAssembly backend: loss, gradients and Adam in one jitted function; one thread (Node has no global Worker).
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { readFileSync } from "node:fs";
import { oneHot, serve, transpose } from "./serve.mjs";

const { version } = JSON.parse(
  readFileSync(new URL("./node_modules/@jax-js/jax/package.json", import.meta.url), "utf8"),
);
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

function meanLoss(parameters, images, labels) {
  let x = images;
  parameters.forEach(([weight, bias], i) => {
    x = np.matmul(x, weight).add(bias);
    if (i < parameters.length - 1) x = nn.relu(x);
  });
  return nn.logSoftmax(x).mul(labels).sum(-1).mean().neg();
}

/** w <- w - rate m / (sqrt(v) inverseRoot + epsilon), the two scalars holding Adam's bias corrections */
const takeStep = jit(([parameters, first, second], images, labels, rate, inverseRoot) => {
  const [loss, gradients] = valueAndGrad(meanLoss)(tree.ref(parameters), images, labels);
  const m = tree.map((moment, g) => moment.mul(beta1).add(g.ref.mul(1 - beta1)), first, tree.ref(gradients));
  const v = tree.map((moment, g) => moment.mul(beta2).add(np.square(g).mul(1 - beta2)), second, gradients);
  const w = tree.map(
    (weight, a, b) => weight.sub(a.mul(rate.ref).div(np.sqrt(b).mul(inverseRoot.ref).add(epsilon))),
    parameters,
    tree.ref(m),
    tree.ref(v),
  );
  rate.dispose();
  inverseRoot.dispose();
  return [loss, [w, m, v]];
});

serve(async (problem) => {
  if (!(await init("wasm")).includes("wasm")) throw new Error("the wasm device did not start");
  defaultDevice("wasm");
  const { batch, inputs, classes, layers, learningRate } = problem;
  const images = np.array(problem.images, { shape: [batch, inputs] });
  const labels = np.array(oneHot(problem), { shape: [batch, classes] });
  let state = null;
  let steps = 0;
  return {
    version: `jax-js ${version} wasm`,
    reset() {
      tree.dispose(state);
      const parameters = layers.map((layer) => [
        np.array(transpose(layer), { shape: [layer.inputs, layer.outputs] }),
        np.array(layer.bias),
      ]);
      const zeros = () => layers.map((layer) => [np.zeros([layer.inputs, layer.outputs]), np.zeros([layer.outputs])]);
      state = [parameters, zeros(), zeros()];
      steps = 0;
    },
    run(count) {
      let loss = NaN;
      for (let step = 0; step < count; step++) {
        steps++;
        const rate = np.array(learningRate / (1 - beta1 ** steps));
        const inverseRoot = np.array(1 / Math.sqrt(1 - beta2 ** steps));
        const [cost, next] = takeStep(state, images.ref, labels.ref, rate, inverseRoot);
        state = next;
        // Reading the loss is what runs the step; unread steps pile up, and each makes the next one slower.
        loss = cost.item();
      }
      return loss;
    },
  };
});
