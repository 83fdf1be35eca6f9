// Every kernel, in the order of the data. A kernel is f(outputs, inputs, scratch, sizes, scalars) over addresses.

// random
export { philoxFill } from "./random";
// normalize
export { bytesToFloats, shiftScale, shiftScaleColumns } from "./normalize";
// augment: where images are read and what is there, deformations, intensities, boxes
export { pairVoxels, padLabels } from "./padding";
export { pointsConstant, pointsNearest, pointsMirror } from "./points";
export { gatherVolume, gatherSlice, gatherNearest, gatherLikeliest } from "./gather";
export { drawControl, splineField } from "./deformation";
export { imageRange, smallest, linearIntensity, gammaIntensity, addNoise, biasField } from "./intensity";
export { blurAxisConstant, blurAxisNearest, blurAxisMirror } from "./blur";
export { flip, flipLabels, fillBox, copyBox, blend } from "./boxes";
// activation
export { expForward, logForward, log1pForward, erfForward } from "./elementary";
export {
  reluForward,
  reluBackward,
  leakyReluForward,
  leakyReluBackward,
  eluForward,
  eluBackward,
  seluForward,
  seluBackward,
  sigmoidForward,
  sigmoidBackward,
  tanhForward,
  tanhBackward,
  softplusForward,
  softplusBackward,
  siluForward,
  siluBackward,
  geluForward,
  geluBackward,
  geluTanhForward,
  geluTanhBackward,
} from "./activation";
export { softmaxForward, softmaxBackward } from "./softmax";
// dropout
export { dropoutMask, dropoutApply, spatialDropoutApply } from "./dropout";
export { gaussianMask } from "./gaussian";
// batch and layer normalisation
export {
  batchNormStatistics,
  batchNormFixedStatistics,
  batchNormForward,
  batchNormBackwardParameters,
  batchNormBackwardParametersAdd,
  batchNormBackwardInput,
  batchNormFixedBackwardInput,
} from "./normalization";
export {
  layerNormForward,
  layerNormBackwardInput,
  layerNormBackwardParameters,
  layerNormBackwardParametersAdd,
} from "./layernorm";
// matmul, dense
export { matmulABt, matmulAB, matmulAtB, matmulAtBAdd } from "./matmul";
export {
  denseForward,
  denseBackwardInput,
  denseBackwardWeight,
  denseBackwardWeightAdd,
  denseBackwardWeightPart,
  denseBackwardWeightPartAdd,
  denseBackwardBias,
  denseBackwardBiasAdd,
} from "./dense";
// limit
export { multiplyAddLimit, multiplyAddOwnLimit, streamLimit, isFused } from "./limit";
// loss
export { softmaxCrossEntropyForward, softmaxCrossEntropyBackward } from "./loss";
export { softCrossEntropyForward, softCrossEntropyBackward } from "./softloss";
export {
  sigmoidCrossEntropyForward,
  sigmoidCrossEntropyBackward,
  sigmoidFocalForward,
  sigmoidFocalBackward,
} from "./sigmoidloss";
export {
  squaredErrorForward,
  squaredErrorBackward,
  absoluteErrorForward,
  absoluteErrorBackward,
  huberForward,
  huberBackward,
} from "./regression";
export { sigmoidDiceForward, sigmoidDiceBackward } from "./dice";
export { scaleRows } from "./rows";
// reduce
export { sum, sumOfSquares, sumOfAbsolutes, maximumAbsolute, firstNonFinite, scale, clamp, limitNorm } from "./reduce";
// optimizer, penalties, clipping
export { addPenaltyGradient } from "./penalty";
export { sgdStep, momentumStep, nesterovStep } from "./optimizer";
export { adamStep, amsgradStep, nadamStep, radamStep, adamaxStep } from "./adam";
export { rmspropStep, rmspropMomentumStep, rmspropCenteredStep, adagradStep, adadeltaStep } from "./adaptive";
export {
  advanceRate,
  advanceMomentum,
  advanceAdam,
  advanceNadam,
  advanceRadam,
  advanceAdamax,
  advanceAdagrad,
} from "./advance";
// limits and averages of weights
export { limitUnitNorms } from "./maxnorm";
export { averageStep } from "./average";
// many calls in one
export { runCalls } from "./calls";

/** The first address that the module leaves free; it differs between builds. */
export function heapBase(): usize {
  return __heap_base;
}
