// The settings that keep a network from learning its training set by heart, and those of where its weights begin.
import { setting } from "./setting.ts";
import { choice, number, optional, path, words, yes } from "./values.ts";

const factor = number("a number of at least 0", (value) => value >= 0);
const positive = number("a number above 0", (value) => value > 0);
const share = number("a number in [0, 1)", (value) => value >= 0 && value < 1);

export const regularizationSettings = {
  dropout: setting("--dropout", share, 0.3, "part of the hidden nodes left out at each step"),
  dropoutKind: setting(
    "--dropout-kind",
    choice("plain", "gaussian"),
    "plain",
    "leaves nodes out, or multiplies them by normal factors of the same deviation",
  ),
  inputDropout: setting("--input-dropout", share, 0, "part of the pixels left out at each step"),
  spatialDropout: setting(
    "--spatial-dropout",
    share,
    0,
    "part of the image's slices along its last axis left out at each step: the colours of images that have them",
  ),
  hiddenNorm: setting(
    "--hidden-norm",
    optional(choice("batch", "layer")),
    null,
    "normalises what each hidden layer puts out, before its activation: by node over the batch, or by image",
  ),
  l1: setting("--l1", factor, 0, "penalty on the sum of the weights' absolute values"),
  l2: setting("--l2", factor, 0, "penalty on the sum of the weights' squares"),
  weightDecay: setting(
    "--weight-decay",
    optional(factor),
    null,
    "shrinks the weights at each step: with adamW by that part of the step size, whatever the gradient (decoupled), with the others as part of the gradient; none: the optimizer's own, 0 but for adamW's 0.01",
  ),
  maxNorm: setting("--max-norm", optional(positive), null, "longest vector of weights that may lead into a node"),
  decayBiases: setting(
    "--decay-biases",
    yes(),
    false,
    "penalties and adamW's weight decay reach biases and normalisation too",
  ),
  ema: setting(
    "--ema",
    optional(share),
    null,
    "moving average of the weights with this decay, such as 0.999, in their stead",
  ),
  swa: setting("--swa", yes(), false, "mean of the weights over the last quarter of the epochs in their stead"),
  from: setting(
    "--from",
    optional(path("a model or a study's folder", "MODEL")),
    null,
    "begins with a trained model's weights, where layers have the same name and shape",
  ),
  freeze: setting(
    "--freeze",
    words("names of layers, such as 0,hidden 2", "NAME,NAME"),
    [],
    "layers that stay as they begin, by number or by what a summary calls them",
  ),
} as const;
