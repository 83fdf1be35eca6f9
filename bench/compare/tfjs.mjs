// TensorFlow.js on its WebAssembly backend: SIMD, one thread (it has threads in browsers only).
// Variables and tf.train.adam; trainOnBatch of its layers API takes 1.4 times as long on small networks, the same on large ones.
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { oneHot, serve, transpose } from "./serve.mjs";

serve(async (problem) => {
  await tf.setBackend("wasm");
  await tf.ready();
  if (tf.getBackend() !== "wasm") throw new Error("the wasm backend did not start");
  if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("the wasm backend has no SIMD here");
  const { batch, inputs, classes, layers, learningRate } = problem;
  const images = tf.tensor2d(problem.images, [batch, inputs]);
  const labels = tf.tensor2d(oneHot(problem), [batch, classes]);
  const initial = layers.flatMap((layer) => [
    tf.tensor2d(transpose(layer), [layer.inputs, layer.outputs]),
    tf.tensor1d(layer.bias),
  ]);
  const variables = initial.map((tensor) => tf.variable(tensor));
  let optimizer = null;

  const loss = () => {
    let x = images;
    layers.forEach((_, i) => {
      const activation = i < layers.length - 1 ? "relu" : "linear";
      x = tf.fused.matMul({ a: x, b: variables[2 * i], bias: variables[2 * i + 1], activation });
    });
    return tf.losses.softmaxCrossEntropy(labels, x);
  };
  return {
    version: `tfjs ${tf.version.tfjs} wasm`,
    reset() {
      optimizer?.dispose();
      optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
      variables.forEach((variable, i) => variable.assign(initial[i]));
    },
    run(steps) {
      for (let step = 1; step < steps; step++) optimizer.minimize(loss, false, variables);
      const cost = optimizer.minimize(loss, true, variables);
      const [value] = cost.dataSync();
      cost.dispose();
      return value;
    },
  };
});
